// The task watchdog: of the idle tasks of both cores, or of the tasks that are subscribed.

#include "Arduino.h"
#include "esp_task_wdt.h"
#include "tasks.h"

using namespace board;

namespace {

bool is_on = true, loop_resets = false;
uint64_t timeout_us = 5 * SECOND_US;
uint64_t idle_at_us[2] = {}; // when the idle task of each core last ran

[[noreturn]] void bite(const BoardTask &task, uint64_t fed_at_us, const char *why) {
    set_clock(fed_at_us + timeout_us);
    stop(WATCHDOG, "task watchdog: the %s task kept the processor for more than %.0f s (%s)",
         task.name, static_cast<double>(timeout_us) / SECOND_US, why);
}

esp_err_t watch(uint64_t new_timeout_us) {
    is_on = true;
    timeout_us = new_timeout_us;
    idle_at_us[0] = idle_at_us[1] = running().fed_at_us = now_us();
    return ESP_OK;
}

esp_err_t subscribe(BoardTask &task, bool watched) {
    task.watched = watched;
    task.fed_at_us = now_us();
    idle(task.core, now_us());
    return ESP_OK;
}

} // namespace

void board::look_at_watchdog() {
    if (!is_on) return;
    if (const BoardTask *task = starved(timeout_us))
        bite(*task, task->fed_at_us, "no esp_task_wdt_reset()");
    const int core = running().core;
    if (!is_watched(core) && now_us() - idle_at_us[core] > timeout_us)
        bite(running(), idle_at_us[core],
             &running() == &loop_task() ? "no delay(), no yield(), no return from loop()"
                                        : "no vTaskDelay(), no waiting");
}
bool board::watchdog_is_on() { return is_on; }
void board::idle(int core, uint64_t at_us) { idle_at_us[core] = at_us; }
void board::yielded() { idle(running().core, now_us()); }
void board::loop_returned() { loop_resets ? static_cast<void>(esp_task_wdt_reset()) : yielded(); }

esp_err_t esp_task_wdt_init(uint32_t timeout_s, bool) { return watch(timeout_s * SECOND_US); }
esp_err_t esp_task_wdt_init(const esp_task_wdt_config_t *config) {
    return watch(config->timeout_ms * 1000ULL);
}
esp_err_t esp_task_wdt_reconfigure(const esp_task_wdt_config_t *config) {
    return esp_task_wdt_init(config);
}
esp_err_t esp_task_wdt_deinit() {
    is_on = false;
    return ESP_OK;
}
esp_err_t esp_task_wdt_add(TaskHandle_t task) { return subscribe(task_of(task), true); }
esp_err_t esp_task_wdt_delete(TaskHandle_t task) { return subscribe(task_of(task), false); }
esp_err_t esp_task_wdt_reset() {
    advance(CALL_US);
    running().fed_at_us = now_us();
    yielded();
    return ESP_OK;
}
void enableLoopWDT() {
    loop_resets = true;
    subscribe(loop_task(), true);
}
void disableLoopWDT() {
    loop_resets = false;
    subscribe(loop_task(), false);
}
