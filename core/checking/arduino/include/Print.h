// Arduino's Print: every way to write a value as text, over one virtual write.
#pragma once

#include <cstdarg>
#include <cstdint>
#include <cstdio>

#include "WString.h"

constexpr int BIN = 2, OCT = 8, DEC = 10, HEX = 16;

class Print {
public:
    virtual ~Print() = default;
    virtual size_t write(const uint8_t *bytes, size_t size) = 0;
    size_t write(uint8_t byte) { return write(&byte, 1); }
    size_t write(const char *text) { return print(text); }
    size_t write(const char *text, size_t size) {
        return write(reinterpret_cast<const uint8_t *>(text), size);
    }

    size_t print(const String &text) { return write(text.c_str(), text.length()); }
    size_t print(const char *text) { return print(String(text)); }
    size_t print(char letter) { return write(static_cast<uint8_t>(letter)); }
    template <typename T, IfInteger<T> = 0> size_t print(T value, int base = DEC) {
        return print(String(value, static_cast<unsigned>(base)));
    }
    template <typename T, IfReal<T> = 0> size_t print(T value, int decimals = 2) {
        return print(String(value, static_cast<unsigned>(decimals)));
    }
    size_t println() { return print('\n'); }
    template <typename... Value> size_t println(const Value &...value) {
        return print(value...) + println();
    }

    __attribute__((format(printf, 2, 3))) size_t printf(const char *format, ...) {
        va_list values;
        va_start(values, format);
        char *text = nullptr;
        const int size = vasprintf(&text, format, values);
        va_end(values);
        if (size < 0) return 0;
        const size_t written = write(text, static_cast<size_t>(size));
        free(text);
        return written;
    }
};
