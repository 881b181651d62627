// Queues, and what FreeRTOS makes of them: semaphores and mutexes.

#include "freertos/semphr.h"

#include <cstring>
#include <deque>
#include <string>

#include "tasks.h"

using namespace board;

struct BoardQueue {
    size_t length, item_bytes;
    std::deque<std::string> items;
    BoardTask *holder = nullptr; // of a recursive mutex
    unsigned depth = 0;
};

namespace {

BoardQueue &require(const char *call, QueueHandle_t queue) {
    if (!queue) stop(NULL_HANDLE, "%s: there is no such queue or semaphore (not created)", call);
    advance(CALL_US);
    return *queue;
}

BaseType_t put(BoardQueue &queue, const void *item, TickType_t ticks, bool in_front) {
    const auto room = [&queue] { return queue.items.size() < queue.length; };
    if (!wait_for(&queue, room, ticks)) return pdFALSE;
    std::string copy(static_cast<const char *>(item), queue.item_bytes);
    in_front ? queue.items.push_front(copy) : queue.items.push_back(copy);
    wake(&queue);
    advance(CALL_US);
    return pdTRUE;
}

BaseType_t take(BoardQueue &queue, void *item, TickType_t ticks, bool leaves_it) {
    const auto there = [&queue] { return !queue.items.empty(); };
    if (!wait_for(&queue, there, ticks)) return pdFALSE;
    if (queue.item_bytes) memcpy(item, queue.items.front().data(), queue.item_bytes);
    if (leaves_it) return pdTRUE;
    queue.items.pop_front();
    wake(&queue);
    advance(CALL_US);
    return pdTRUE;
}

SemaphoreHandle_t semaphore(size_t most, size_t initial) {
    return new BoardQueue{most, 0, std::deque<std::string>(initial)};
}

} // namespace

QueueHandle_t xQueueCreate(UBaseType_t length, UBaseType_t item_bytes) {
    return length ? new BoardQueue{length, item_bytes, {}} : nullptr;
}
void vQueueDelete(QueueHandle_t queue) { delete queue; }
BaseType_t xQueueSend(QueueHandle_t queue, const void *item, TickType_t ticks) {
    return put(require("xQueueSend", queue), item, ticks, false);
}
BaseType_t xQueueSendToFront(QueueHandle_t queue, const void *item, TickType_t ticks) {
    return put(require("xQueueSendToFront", queue), item, ticks, true);
}
BaseType_t xQueueOverwrite(QueueHandle_t queue, const void *item) {
    require("xQueueOverwrite", queue).items.clear();
    return put(*queue, item, 0, false);
}
BaseType_t xQueueReceive(QueueHandle_t queue, void *item, TickType_t ticks) {
    return take(require("xQueueReceive", queue), item, ticks, false);
}
BaseType_t xQueuePeek(QueueHandle_t queue, void *item, TickType_t ticks) {
    return take(require("xQueuePeek", queue), item, ticks, true);
}
BaseType_t xQueueReset(QueueHandle_t queue) {
    require("xQueueReset", queue).items.clear();
    wake(queue);
    return pdPASS;
}
UBaseType_t uxQueueMessagesWaiting(QueueHandle_t queue) {
    return static_cast<UBaseType_t>(require("uxQueueMessagesWaiting", queue).items.size());
}
UBaseType_t uxQueueSpacesAvailable(QueueHandle_t queue) {
    const BoardQueue &found = require("uxQueueSpacesAvailable", queue);
    return static_cast<UBaseType_t>(found.length - found.items.size());
}

SemaphoreHandle_t xSemaphoreCreateBinary() { return semaphore(1, 0); }
SemaphoreHandle_t xSemaphoreCreateCounting(UBaseType_t most, UBaseType_t initial) {
    return semaphore(most, initial);
}
SemaphoreHandle_t xSemaphoreCreateMutex() { return semaphore(1, 1); }
SemaphoreHandle_t xSemaphoreCreateRecursiveMutex() { return semaphore(1, 1); }
BaseType_t xSemaphoreTake(SemaphoreHandle_t semaphore, TickType_t ticks) {
    return take(require("xSemaphoreTake", semaphore), nullptr, ticks, false);
}
BaseType_t xSemaphoreGive(SemaphoreHandle_t semaphore) {
    return put(require("xSemaphoreGive", semaphore), "", 0, false);
}
BaseType_t xSemaphoreTakeRecursive(SemaphoreHandle_t mutex, TickType_t ticks) {
    BoardQueue &found = require("xSemaphoreTakeRecursive", mutex);
    if (found.holder != &running() && !take(found, nullptr, ticks, false)) return pdFALSE;
    found.holder = &running();
    ++found.depth;
    return pdTRUE;
}
BaseType_t xSemaphoreGiveRecursive(SemaphoreHandle_t mutex) {
    BoardQueue &found = require("xSemaphoreGiveRecursive", mutex);
    if (found.holder != &running()) return pdFALSE;
    if (--found.depth > 0) return pdTRUE;
    found.holder = nullptr;
    return put(found, "", 0, false);
}
UBaseType_t uxSemaphoreGetCount(SemaphoreHandle_t semaphore) {
    return uxQueueMessagesWaiting(semaphore);
}
