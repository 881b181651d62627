// One ESP32 board: main(), the end of a run, and a clock that only calls advance.
// A broken rule of the chip ends the run with its own exit code (table and sources: README.md).

#include "Arduino.h"

#include <csignal>
#include <cstdarg>
#include <sys/time.h>
#include <unistd.h>

#include "board.h"
#include "tasks.h"

EspClass ESP;

namespace board {
namespace {

constexpr uint64_t LOOP_US = 10;
constexpr int TICK_US = 500000, STUCK_TICKS = 2, WHOLE_RUN_TICKS = 16; // processor time

uint64_t last_us = 30 * SECOND_US;
volatile sig_atomic_t calls = 0, cpu_time_is_over = 0;

// A loop that calls nothing stands still on the simulated clock: processor time shows it.
void on_cpu_tick(int) {
    static int ticks = 0, stuck_ticks = 0;
    static sig_atomic_t seen_calls = -1;
    stuck_ticks = calls == seen_calls ? stuck_ticks + 1 : 0;
    seen_calls = calls;
    cpu_time_is_over = ++ticks >= WHOLE_RUN_TICKS;
    if (stuck_ticks < STUCK_TICKS || !watchdog_is_on()) return;
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

double now_s() { return static_cast<double>(now_us()) / SECOND_US; }

} // namespace

uint64_t end_us() { return last_us; }

void advance(uint64_t time_us) {
    calls = (calls + 1) & 0xffff;
    set_clock(now_us() + time_us);
    look_at_watchdog();
    if (now_us() >= last_us) end_of_time();
    if (cpu_time_is_over) finish("ended early: the simulation took too much processor time");
    give_way();
}

void stop(Rule rule, const char *format, ...) {
    fflush(stdout);
    fprintf(stderr, "esp32: stopped at %.3f s: ", now_s());
    va_list values;
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
    std::_Exit(rule);
}

void finish(const char *why) {
    fflush(stdout);
    fprintf(stderr, "esp32: %s at %.3f s\n", why, now_s());
    std::_Exit(0);
}

void end_of_time() {
    for (const int core : {0, 1}) idle(core, last_us); // while all wait
    set_clock(last_us);
    look_at_watchdog(); // a watched task that waits feeds nobody
    finish("the simulated time is over");
}

} // namespace board

using namespace board;

unsigned long micros() {
    advance(CALL_US);
    return static_cast<uint32_t>(now_us());
}
unsigned long millis() {
    advance(CALL_US);
    return static_cast<uint32_t>(now_us() / 1000);
}
void delay(uint32_t time_ms) { vTaskDelay(time_ms); }
void delayMicroseconds(uint32_t time_us) { advance(time_us); } // nothing else runs on this core
void yield() { delay(0); }
void esp_restart() { finish("the sketch restarted the board"); }

int main() {
    if (const char *seconds = std::getenv("ESP32_SECONDS"))
        last_us = static_cast<uint64_t>(std::atof(seconds) * SECOND_US);
    watch_cpu_time();
    setup();
    for (;;) {
        loop();
        advance(LOOP_US);
        loop_returned();
    }
}
