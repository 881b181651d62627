// What a sketch for the ESP32 may call. Behaviour and limits: README.md one folder up.
#ifndef ARDUINO_H // a guard and no pragma: this header can be compiled ahead
#define ARDUINO_H

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "HardwareSerial.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"

using std::max;
using std::min;
using byte = uint8_t;
using boolean = bool;
using word = uint16_t;

#define PROGMEM
#define IRAM_ATTR
#define F(text) (text)

constexpr uint8_t LOW = 0, HIGH = 1;
constexpr uint8_t INPUT = 0x01, OUTPUT = 0x03, INPUT_PULLUP = 0x05, INPUT_PULLDOWN = 0x09;
constexpr uint8_t OUTPUT_OPEN_DRAIN = 0x13;
constexpr int RISING = 1, FALLING = 2, CHANGE = 3;
constexpr uint8_t LED_BUILTIN = 2, SDA = 21, SCL = 22, DAC1 = 25, DAC2 = 26;
constexpr uint8_t A0 = 36, A3 = 39, A4 = 32, A5 = 33, A6 = 34, A7 = 35;
constexpr double PI = 3.1415926535897932, TWO_PI = 2 * PI, HALF_PI = PI / 2;

void setup();
void loop();

void pinMode(uint8_t pin, uint8_t mode);
void digitalWrite(uint8_t pin, uint8_t level);
int digitalRead(uint8_t pin);
uint16_t analogRead(uint8_t pin);
uint32_t analogReadMilliVolts(uint8_t pin);
void analogReadResolution(uint8_t bits);
void analogWrite(uint8_t pin, int value);
void dacWrite(uint8_t pin, uint8_t value);
void tone(uint8_t pin, unsigned frequency_hz, unsigned long duration_ms = 0);
void noTone(uint8_t pin);
double ledcSetup(uint8_t channel, double frequency_hz, uint8_t bits);
void ledcAttachPin(uint8_t pin, uint8_t channel);
bool ledcAttach(uint8_t pin, uint32_t frequency_hz, uint8_t bits);
void ledcWrite(uint8_t channel_or_pin, uint32_t duty);
void attachInterrupt(uint8_t pin, void (*handler)(), int mode);
void detachInterrupt(uint8_t pin);
inline uint8_t digitalPinToInterrupt(uint8_t pin) { return pin; }
inline void noInterrupts() {}
inline void interrupts() {}

unsigned long millis();
unsigned long micros();
void delay(uint32_t time_ms);
void delayMicroseconds(uint32_t time_us);
void yield();

long random(long below);
long random(long from, long below);
void randomSeed(unsigned long seed);

inline long map(long value, long in_low, long in_high, long out_low, long out_high) {
    return (value - in_low) * (out_high - out_low) / (in_high - in_low) + out_low;
}
template <typename T, typename L, typename H> auto constrain(T value, L low, H high) {
    return value < low ? low : value > high ? high : value;
}
template <typename T> constexpr T sq(T value) { return value * value; }
constexpr double radians(double degrees) { return degrees * PI / 180; }
constexpr double degrees(double radians) { return radians * 180 / PI; }
template <typename T> constexpr bool bitRead(T value, int bit) { return value >> bit & 1; }
template <typename T> void bitSet(T &value, int bit) { value |= T(1) << bit; }
template <typename T> void bitClear(T &value, int bit) { value &= ~(T(1) << bit); }

void enableLoopWDT();
void disableLoopWDT();
[[noreturn]] void esp_restart();

struct EspClass {
    uint32_t getFreeHeap() const { return 300000; }
    [[noreturn]] void restart() const { esp_restart(); }
};
extern EspClass ESP;

#endif
