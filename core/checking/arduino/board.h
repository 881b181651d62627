// What the files of the simulation share: the rules of the chip and the clock that calls advance.
#pragma once

#include <cstdint>

namespace board {

enum Rule {
    NO_SUCH_PIN = 80,
    FLASH_PIN,
    INPUT_ONLY_PIN,
    NOT_AN_OUTPUT,
    NO_ADC,
    ADC2_WITH_WIFI,
    WATCHDOG,
    SERIAL_BEFORE_BEGIN,
    TASK_RETURNED,
    TASK_REFUSED,
    NULL_HANDLE,
};

constexpr uint64_t CALL_US = 1, SECOND_US = 1000000;

uint64_t now_us(); // of the core whose task runs
void set_clock(uint64_t time_us);
uint64_t end_us();
void advance(uint64_t time_us); // ends the run when the time is over or the watchdog bites
bool wifi_is_on();
void require_output_pin(const char *call, uint8_t pin); // one that can drive

void look_at_watchdog();             // whether it bites
bool watchdog_is_on();
void idle(int core, uint64_t at_us); // the idle task of a core ran
void yielded();                      // and so did that of the core whose task runs
void loop_returned();

[[noreturn]] __attribute__((format(printf, 2, 3))) void stop(Rule rule, const char *format, ...);
[[noreturn]] void finish(const char *why);
[[noreturn]] void end_of_time();

} // namespace board
