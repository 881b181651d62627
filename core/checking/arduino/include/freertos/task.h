// Tasks, their waiting and their notifications.
#pragma once

#include "FreeRTOS.h"

BaseType_t xTaskCreatePinnedToCore(TaskFunction_t function, const char *name, uint32_t stack_bytes,
                                   void *argument, UBaseType_t priority, TaskHandle_t *handle,
                                   BaseType_t core);
inline BaseType_t xTaskCreate(TaskFunction_t function, const char *name, uint32_t stack_bytes,
                              void *argument, UBaseType_t priority, TaskHandle_t *handle) {
    return xTaskCreatePinnedToCore(function, name, stack_bytes, argument, priority, handle,
                                   tskNO_AFFINITY);
}
void vTaskDelete(TaskHandle_t task);
void vTaskSuspend(TaskHandle_t task);
void vTaskResume(TaskHandle_t task);
void vTaskPrioritySet(TaskHandle_t task, UBaseType_t priority);
UBaseType_t uxTaskPriorityGet(TaskHandle_t task);
UBaseType_t uxTaskGetStackHighWaterMark(TaskHandle_t task);
TaskHandle_t xTaskGetCurrentTaskHandle();
const char *pcTaskGetName(TaskHandle_t task);

void vTaskDelay(TickType_t ticks);
BaseType_t xTaskDelayUntil(TickType_t *previous_wake, TickType_t ticks);
inline void vTaskDelayUntil(TickType_t *wake, TickType_t ticks) { xTaskDelayUntil(wake, ticks); }
TickType_t xTaskGetTickCount();
void taskYIELD();

BaseType_t xTaskNotifyGive(TaskHandle_t task);
void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t *woken);
uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t ticks);
