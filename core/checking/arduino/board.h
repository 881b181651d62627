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
};

constexpr uint64_t CALL_US = 1, SECOND_US = 1000000;

uint64_t now_us();
void advance(uint64_t time_us); // ends the run when the time is over or the watchdog bites
void idle();                    // the idle task ran
bool wifi_is_on();

[[noreturn]] __attribute__((format(printf, 2, 3))) void stop(Rule rule, const char *format, ...);
[[noreturn]] void finish(const char *why);

} // namespace board
