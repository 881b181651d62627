// The scheduler of the simulation: whose turn it is on which core, and what the watchdog watches.
#pragma once

#include "board.h"

#include <ucontext.h>

#include <memory>

#include "freertos/task.h"

struct BoardTask {
    const char *name;
    unsigned priority;
    int core;
    TaskFunction_t function = nullptr; // the loop task has none
    void *argument = nullptr;
    std::unique_ptr<char[]> stack = {};
    ucontext_t context = {};
    uint64_t wake_us = 0;            // it can run from then on
    const void *waits_for = nullptr; // what may wake it earlier
    bool suspended = false, deleted = false;
    uint64_t turn = 0; // when it last ran, counted in turns
    uint32_t notified = 0;
    bool watched = false; // by the watchdog: only esp_task_wdt_reset() counts
    uint64_t fed_at_us = 0;
};

namespace board {

constexpr uint64_t NEVER_US = UINT64_MAX;

BoardTask &running();
BoardTask &loop_task();
BoardTask &task_of(TaskHandle_t handle); // no handle: the task that runs
void wait_until(uint64_t time_us, const void *object = nullptr);
void wake(const void *object); // whoever waits for it may look again
void give_way();               // whoever is ready and more urgent runs
const BoardTask *starved(uint64_t timeout_us); // a watched task that was not fed for longer
bool is_watched(int core);                     // whether any task on it is

template <typename Ready> bool wait_for(const void *object, Ready ready, TickType_t ticks) {
    const uint64_t until_us = ticks == portMAX_DELAY ? NEVER_US : now_us() + ticks * 1000ULL;
    while (!ready()) {
        if (now_us() >= until_us) return false;
        wait_until(until_us, object);
    }
    return true;
}

} // namespace board
