// The serial port: standard output and, read once to its end, standard input.
#pragma once

#include "Print.h"

constexpr uint32_t SERIAL_8N1 = 0x800001c;

class HardwareSerial : public Print {
public:
    explicit HardwareSerial(const char *name) : name_(name) {}
    void begin(unsigned long baud, uint32_t config = SERIAL_8N1, int8_t rx = -1, int8_t tx = -1);
    void end() { baud_ = 0; }
    void flush() { require_begin("flush"); }
    void setTimeout(unsigned long) {} // all input is there from the start
    explicit operator bool() const { return baud_ != 0; }

    using Print::write;
    size_t write(const uint8_t *bytes, size_t size) override;

    int available();
    int peek();
    int read();
    size_t readBytes(char *target, size_t size);
    size_t readBytesUntil(char stop, char *target, size_t size);
    String readString();
    String readStringUntil(char stop);
    long parseInt();

private:
    void require_begin(const char *call) const;
    const char *name_;
    unsigned long baud_ = 0;
    std::string input_;
    size_t taken_ = 0;
};

extern HardwareSerial Serial, Serial1, Serial2;
