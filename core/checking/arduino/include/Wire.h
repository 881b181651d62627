// I2C: a bus with pull-ups and nobody on it, so every address stays unanswered.
#pragma once

#include "Arduino.h"

class TwoWire : public Print {
public:
    bool begin(int sda = SDA, int scl = SCL, uint32_t frequency_hz = 0);
    bool end();
    bool setClock(uint32_t frequency_hz);
    bool setPins(int sda, int scl);
    void setTimeOut(uint16_t) {}

    void beginTransmission(uint8_t address);
    using Print::write;
    size_t write(const uint8_t *bytes, size_t size) override;
    uint8_t endTransmission(bool stop = true); // 0 is a success, 2 nobody answers, 4 not begun
    size_t requestFrom(uint8_t address, size_t size, bool stop = true);
    int available() const { return 0; }
    int read() const { return -1; }
    int peek() const { return -1; }
    void flush() {}

private:
    void send(size_t bytes);
    bool begun_ = false;
    int sda_ = SDA, scl_ = SCL;
    uint32_t frequency_hz_ = 100000;
    size_t written_ = 0;
};

extern TwoWire Wire, Wire1;
