// FreeRTOS' types and its clock: one tick is 1 ms, as in the Arduino core.
#pragma once

#include <cstdint>

using TickType_t = uint32_t;
using BaseType_t = int;
using UBaseType_t = unsigned;
using TaskHandle_t = void *;

constexpr TickType_t portTICK_PERIOD_MS = 1;
constexpr TickType_t portMAX_DELAY = 0xffffffff;
constexpr BaseType_t pdFALSE = 0, pdTRUE = 1;
constexpr TickType_t pdMS_TO_TICKS(uint32_t time_ms) { return time_ms / portTICK_PERIOD_MS; }
