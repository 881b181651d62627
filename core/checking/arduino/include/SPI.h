// SPI: a bus with nobody on it; what is read is 0, as of any input that nothing drives.
#pragma once

#include "Arduino.h"

constexpr uint8_t SPI_MODE0 = 0, SPI_MODE1 = 1, SPI_MODE2 = 2, SPI_MODE3 = 3;
constexpr uint8_t SPI_LSBFIRST = 0, SPI_MSBFIRST = 1, LSBFIRST = 0, MSBFIRST = 1;
constexpr uint8_t FSPI = 1, HSPI = 2, VSPI = 3;

struct SPISettings {
    SPISettings(uint32_t clock = 1000000, uint8_t order = MSBFIRST, uint8_t data_mode = SPI_MODE0)
        : clock_hz(clock), bit_order(order), mode(data_mode) {}
    uint32_t clock_hz;
    uint8_t bit_order, mode;
};

class SPIClass {
public:
    explicit SPIClass(uint8_t bus = HSPI) : hspi_(bus == HSPI) {}
    bool begin(int8_t clock = -1, int8_t miso = -1, int8_t mosi = -1, int8_t select = -1);
    void end() { begun_ = false; }
    void setFrequency(uint32_t clock_hz) { settings_.clock_hz = clock_hz; }
    void setBitOrder(uint8_t order) { settings_.bit_order = order; }
    void setDataMode(uint8_t mode) { settings_.mode = mode; }

    void beginTransaction(SPISettings settings); // waits until the one before has ended
    void endTransaction();
    uint8_t transfer(uint8_t) { return send(1), 0; }
    uint16_t transfer16(uint16_t) { return send(2), 0; }
    uint32_t transfer32(uint32_t) { return send(4), 0; }
    void transfer(void *data, uint32_t size);
    void transferBytes(const uint8_t *data, uint8_t *out, uint32_t size);
    void write(uint8_t) { send(1); }
    void write16(uint16_t) { send(2); }
    void writeBytes(const uint8_t *, uint32_t size) { send(size); }

private:
    void send(size_t bytes);
    bool hspi_, begun_ = false, in_transaction_ = false;
    SPISettings settings_;
};

extern SPIClass SPI;
