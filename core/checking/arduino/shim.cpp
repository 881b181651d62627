// One ESP32 board: main(), a clock that only calls advance, the watchdog.
// A broken rule of the chip ends the run with its own exit code (table and sources: README.md).

#include "Arduino.h"

#include <csignal>
#include <cstdarg>
#include <sys/time.h>
#include <unistd.h>

#include "board.h"
#include "esp_task_wdt.h"

EspClass ESP;

namespace board {
namespace {

constexpr uint64_t LOOP_US = 10;
constexpr int TICK_US = 500000, STUCK_TICKS = 2, WHOLE_RUN_TICKS = 16; // processor time

uint64_t clock_us = 0, end_us = 30 * SECOND_US;

struct {
    bool on = true;
    bool subscribed = false; // then only esp_task_wdt_reset() counts
    bool loop_resets = false;
    uint64_t timeout_us = 5 * SECOND_US;
    uint64_t fed_at_us = 0;
} watchdog;

volatile sig_atomic_t calls = 0, cpu_time_is_over = 0;

// A loop that calls nothing stands still on the simulated clock: processor time shows it.
void on_cpu_tick(int) {
    static int ticks = 0, stuck_ticks = 0;
    static sig_atomic_t seen_calls = -1;
    stuck_ticks = calls == seen_calls ? stuck_ticks + 1 : 0;
    seen_calls = calls;
    cpu_time_is_over = ++ticks >= WHOLE_RUN_TICKS;
    if (stuck_ticks < STUCK_TICKS || !watchdog.on) return;
    const char text[] = "esp32: stopped: task watchdog: a loop that calls nothing never ends\n";
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0) std::_Exit(1);
    std::_Exit(WATCHDOG);
}

void watch_cpu_time() {
    signal(SIGVTALRM, on_cpu_tick);
    const timeval tick = {0, TICK_US};
    const itimerval every_tick = {tick, tick};
    setitimer(ITIMER_VIRTUAL, &every_tick, nullptr);
}

void feed() { watchdog.fed_at_us = clock_us; }

esp_err_t watch(uint64_t timeout_us) {
    watchdog.on = true;
    watchdog.timeout_us = timeout_us;
    feed();
    return ESP_OK;
}

esp_err_t subscribe(bool subscribed, bool loop_resets) {
    watchdog.subscribed = subscribed;
    watchdog.loop_resets = loop_resets;
    feed();
    return ESP_OK;
}

} // namespace

uint64_t now_us() { return clock_us; }

void advance(uint64_t time_us) {
    calls = (calls + 1) & 0xffff;
    clock_us += time_us;
    if (watchdog.on && clock_us - watchdog.fed_at_us > watchdog.timeout_us)
        stop(WATCHDOG, "task watchdog: the loop task kept the processor for more than %.0f s (%s)",
             static_cast<double>(watchdog.timeout_us) / SECOND_US,
             watchdog.subscribed ? "no esp_task_wdt_reset()"
                                 : "no delay(), no yield(), no return from loop()");
    if (clock_us >= end_us) finish("the simulated time is over");
    if (cpu_time_is_over) finish("ended early: the simulation took too much processor time");
}

void idle() {
    if (!watchdog.subscribed) feed();
}

void stop(Rule rule, const char *format, ...) {
    fflush(stdout);
    fprintf(stderr, "esp32: stopped at %.3f s: ", static_cast<double>(clock_us) / SECOND_US);
    va_list values;
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
    std::_Exit(rule);
}

void finish(const char *why) {
    fflush(stdout);
    fprintf(stderr, "esp32: %s at %.3f s\n", why, static_cast<double>(clock_us) / SECOND_US);
    std::_Exit(0);
}

} // namespace board

using namespace board;

unsigned long micros() {
    advance(CALL_US);
    return static_cast<uint32_t>(clock_us);
}
unsigned long millis() {
    advance(CALL_US);
    return static_cast<uint32_t>(clock_us / 1000);
}
void delay(uint32_t time_ms) {
    advance(CALL_US);
    for (; time_ms > 0; --time_ms) {
        idle();
        advance(1000);
    }
    idle();
}
void delayMicroseconds(uint32_t time_us) { advance(time_us); } // nothing else runs meanwhile
void yield() { delay(0); }
void vTaskDelay(TickType_t ticks) { delay(ticks); }
void taskYIELD() { yield(); }
TickType_t xTaskGetTickCount() { return static_cast<TickType_t>(millis()); }

esp_err_t esp_task_wdt_init(uint32_t timeout_s, bool) { return watch(timeout_s * SECOND_US); }
esp_err_t esp_task_wdt_init(const esp_task_wdt_config_t *config) {
    return watch(config->timeout_ms * 1000ULL);
}
esp_err_t esp_task_wdt_reconfigure(const esp_task_wdt_config_t *config) {
    return esp_task_wdt_init(config);
}
esp_err_t esp_task_wdt_deinit() {
    watchdog.on = false;
    return ESP_OK;
}
esp_err_t esp_task_wdt_add(TaskHandle_t) { return subscribe(true, false); }
esp_err_t esp_task_wdt_delete(TaskHandle_t) { return subscribe(false, false); }
esp_err_t esp_task_wdt_reset() {
    advance(CALL_US);
    feed();
    return ESP_OK;
}
void enableLoopWDT() { subscribe(true, true); }
void disableLoopWDT() { subscribe(false, false); }
void esp_restart() { finish("the sketch restarted the board"); }

int main() {
    if (const char *seconds = std::getenv("ESP32_SECONDS"))
        end_us = static_cast<uint64_t>(std::atof(seconds) * SECOND_US);
    watch_cpu_time();
    setup();
    for (;;) {
        loop();
        advance(LOOP_US);
        watchdog.loop_resets ? feed() : idle();
    }
}
