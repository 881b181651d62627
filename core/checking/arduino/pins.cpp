// The pins: which exist, which drive, which measure. Nothing is connected to them.

#include "Arduino.h"
#include "board.h"

using namespace board;

namespace {

struct Pin {
    uint8_t mode = 0;
    uint8_t level = LOW;
} pins[40];

uint8_t adc_bits = 12;

bool has_adc1(uint8_t pin) { return pin >= 32 && pin <= 39; }
bool has_adc2(uint8_t pin) {
    return pin == 0 || pin == 2 || pin == 4 || (pin >= 12 && pin <= 15) || (pin >= 25 && pin <= 27);
}

Pin &require_pin(const char *call, uint8_t pin) {
    advance(CALL_US);
    if (pin > 39 || pin == 20 || pin == 24 || (pin >= 28 && pin <= 31))
        stop(NO_SUCH_PIN, "%s: the ESP32 has no GPIO %u", call, pin);
    if (pin >= 6 && pin <= 11)
        stop(FLASH_PIN, "%s: GPIO %u belongs to the flash memory (GPIO 6-11)", call, pin);
    return pins[pin];
}

Pin &require_driver(const char *call, uint8_t pin) {
    Pin &found = require_pin(call, pin);
    if (pin >= 34) stop(INPUT_ONLY_PIN, "%s: GPIO %u is input only (GPIO 34-39)", call, pin);
    return found;
}

void require_adc(const char *call, uint8_t pin) {
    require_pin(call, pin);
    if (has_adc1(pin)) return;
    if (!has_adc2(pin)) stop(NO_ADC, "%s: GPIO %u has no analog input", call, pin);
    if (wifi_is_on())
        stop(ADC2_WITH_WIFI, "%s: GPIO %u is on ADC2, which Wi-Fi uses (take GPIO 32-39)", call,
             pin);
}

} // namespace

void board::require_output_pin(const char *call, uint8_t pin) { require_driver(call, pin); }

void pinMode(uint8_t pin, uint8_t mode) {
    const bool drives = mode == OUTPUT || mode == OUTPUT_OPEN_DRAIN;
    Pin &found = drives ? require_driver("pinMode", pin) : require_pin("pinMode", pin);
    if (pin >= 34 && (mode == INPUT_PULLUP || mode == INPUT_PULLDOWN))
        stop(INPUT_ONLY_PIN, "pinMode: GPIO %u has no pull-up or pull-down (GPIO 34-39)", pin);
    found.mode = mode;
    found.level = mode == INPUT_PULLUP ? HIGH : LOW; // nothing is connected
}
void digitalWrite(uint8_t pin, uint8_t level) {
    Pin &found = require_driver("digitalWrite", pin);
    if (found.mode != OUTPUT && found.mode != OUTPUT_OPEN_DRAIN)
        stop(NOT_AN_OUTPUT,
             "digitalWrite: GPIO %u is not an output (pinMode(%u, OUTPUT) is missing)", pin, pin);
    found.level = level ? HIGH : LOW;
}
int digitalRead(uint8_t pin) { return require_pin("digitalRead", pin).level; }
uint16_t analogRead(uint8_t pin) {
    require_adc("analogRead", pin);
    return static_cast<uint16_t>(1U << (adc_bits - 1)); // half of the scale
}
uint32_t analogReadMilliVolts(uint8_t pin) {
    require_adc("analogReadMilliVolts", pin);
    return 1650;
}
void analogReadResolution(uint8_t bits) { adc_bits = constrain(bits, uint8_t(9), uint8_t(16)); }
void analogWrite(uint8_t pin, int) { require_driver("analogWrite", pin); }
void dacWrite(uint8_t pin, uint8_t) {
    require_driver("dacWrite", pin);
    if (pin != DAC1 && pin != DAC2)
        stop(NOT_AN_OUTPUT, "dacWrite: GPIO %u has no analog output (GPIO 25 and 26 have)", pin);
}
void tone(uint8_t pin, unsigned, unsigned long) { require_driver("tone", pin); }
void noTone(uint8_t pin) { require_driver("noTone", pin); }
double ledcSetup(uint8_t, double frequency_hz, uint8_t) { return frequency_hz; }
void ledcAttachPin(uint8_t pin, uint8_t) { require_driver("ledcAttachPin", pin); }
bool ledcAttach(uint8_t pin, uint32_t, uint8_t) { return require_driver("ledcAttach", pin), true; }
void ledcWrite(uint8_t, uint32_t) { advance(CALL_US); }
void attachInterrupt(uint8_t pin, void (*)(), int) { require_pin("attachInterrupt", pin); }
void detachInterrupt(uint8_t pin) { require_pin("detachInterrupt", pin); }

