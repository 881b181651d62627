// FreeRTOS' types and its clock: one tick is 1 ms, as in the Arduino core.
#pragma once

#include <cstddef>
#include <cstdint>

using TickType_t = uint32_t;
using BaseType_t = int;
using UBaseType_t = unsigned;
using TaskFunction_t = void (*)(void *);
using TaskHandle_t = struct BoardTask *;

constexpr TickType_t portTICK_PERIOD_MS = 1, configTICK_RATE_HZ = 1000;
constexpr TickType_t portMAX_DELAY = 0xffffffff;
constexpr UBaseType_t configMAX_PRIORITIES = 25, tskIDLE_PRIORITY = 0;
constexpr BaseType_t pdFALSE = 0, pdTRUE = 1, pdFAIL = 0, pdPASS = 1;
constexpr BaseType_t tskNO_AFFINITY = 0x7fffffff, PRO_CPU_NUM = 0, APP_CPU_NUM = 1;
constexpr TickType_t pdMS_TO_TICKS(uint32_t time_ms) { return time_ms / portTICK_PERIOD_MS; }

struct portMUX_TYPE {};
#define portMUX_INITIALIZER_UNLOCKED {} // tasks change only at calls, so nothing has to be locked
#define portENTER_CRITICAL(lock) (static_cast<void>(lock))
#define portEXIT_CRITICAL(lock) (static_cast<void>(lock))
#define portENTER_CRITICAL_ISR(lock) (static_cast<void>(lock))
#define portEXIT_CRITICAL_ISR(lock) (static_cast<void>(lock))
#define portYIELD_FROM_ISR(...) ((void)0)

BaseType_t xPortGetCoreID();
