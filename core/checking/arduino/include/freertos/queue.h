// Queues between tasks.
#pragma once

#include "FreeRTOS.h"

using QueueHandle_t = struct BoardQueue *;

QueueHandle_t xQueueCreate(UBaseType_t length, UBaseType_t item_bytes);
void vQueueDelete(QueueHandle_t queue);
BaseType_t xQueueSend(QueueHandle_t queue, const void *item, TickType_t ticks);
BaseType_t xQueueSendToFront(QueueHandle_t queue, const void *item, TickType_t ticks);
BaseType_t xQueueOverwrite(QueueHandle_t queue, const void *item);
BaseType_t xQueueReceive(QueueHandle_t queue, void *item, TickType_t ticks);
BaseType_t xQueuePeek(QueueHandle_t queue, void *item, TickType_t ticks);
BaseType_t xQueueReset(QueueHandle_t queue);
UBaseType_t uxQueueMessagesWaiting(QueueHandle_t queue);
UBaseType_t uxQueueSpacesAvailable(QueueHandle_t queue);

inline BaseType_t xQueueSendToBack(QueueHandle_t queue, const void *item, TickType_t ticks) {
    return xQueueSend(queue, item, ticks);
}
inline BaseType_t xQueueSendFromISR(QueueHandle_t queue, const void *item, BaseType_t *) {
    return xQueueSend(queue, item, 0);
}
inline BaseType_t xQueueReceiveFromISR(QueueHandle_t queue, void *item, BaseType_t *) {
    return xQueueReceive(queue, item, 0);
}
