// I2C and SPI, with nobody on them, and the flash memory's keys and values.

#include "Preferences.h"
#include "SPI.h"
#include "Wire.h"
#include "board.h"
#include "tasks.h"

using namespace board;

TwoWire Wire, Wire1;
SPIClass SPI(VSPI);

namespace {

constexpr uint8_t NOBODY_ANSWERS = 2, NOT_BEGUN = 4;
constexpr size_t BITS_PER_BYTE_SENT = 9, BITS_PER_BYTE = 8; // I2C's ninth acknowledges
constexpr size_t MOST_NAME = 15;                            // of NVS, without its end

} // namespace

bool TwoWire::setPins(int sda, int scl) {
    for (const int pin : {sda, scl}) require_output_pin("Wire.begin", static_cast<uint8_t>(pin));
    sda_ = sda;
    scl_ = scl;
    return true;
}
bool TwoWire::begin(int sda, int scl, uint32_t frequency_hz) {
    setPins(sda < 0 ? sda_ : sda, scl < 0 ? scl_ : scl);
    if (frequency_hz) frequency_hz_ = frequency_hz;
    return begun_ = true;
}
bool TwoWire::end() { return begun_ = false, true; }
bool TwoWire::setClock(uint32_t frequency_hz) { return frequency_hz_ = frequency_hz, begun_; }
void TwoWire::beginTransmission(uint8_t) {
    advance(CALL_US);
    written_ = 0;
}
size_t TwoWire::write(const uint8_t *, size_t size) {
    advance(CALL_US);
    return begun_ ? written_ += size, size : 0;
}
void TwoWire::send(size_t bytes) { advance(bytes * BITS_PER_BYTE_SENT * SECOND_US / frequency_hz_); }
uint8_t TwoWire::endTransmission(bool) {
    if (!begun_) return advance(CALL_US), NOT_BEGUN;
    send(1); // the address; nobody takes the rest
    return NOBODY_ANSWERS;
}
size_t TwoWire::requestFrom(uint8_t, size_t, bool) { return begun_ ? send(1), 0 : 0; }

bool SPIClass::begin(int8_t clock, int8_t miso, int8_t mosi, int8_t select) {
    advance(CALL_US);
    if (clock < 0) clock = hspi_ ? 14 : 18;
    if (mosi < 0) mosi = hspi_ ? 13 : 23;
    for (const int pin : {clock, mosi}) require_output_pin("SPI.begin", static_cast<uint8_t>(pin));
    if (select >= 0) require_output_pin("SPI.begin", static_cast<uint8_t>(select));
    if (miso >= 0) digitalRead(static_cast<uint8_t>(miso)); // has to be there, and may only listen
    return begun_ = true;
}
void SPIClass::send(size_t bytes) {
    advance(CALL_US);
    if (begun_) advance(bytes * BITS_PER_BYTE * SECOND_US / settings_.clock_hz);
}
void SPIClass::beginTransaction(SPISettings settings) {
    advance(CALL_US);
    wait_for(this, [this] { return !in_transaction_; }, portMAX_DELAY);
    in_transaction_ = true;
    settings_ = settings;
}
void SPIClass::endTransaction() {
    in_transaction_ = false;
    wake(this);
    advance(CALL_US);
}
void SPIClass::transfer(void *data, uint32_t size) {
    send(size);
    memset(data, 0, size);
}
void SPIClass::transferBytes(const uint8_t *, uint8_t *out, uint32_t size) {
    send(size);
    if (out) memset(out, 0, size);
}

bool Preferences::begin(const char *name, bool read_only, const char *) {
    static std::map<std::string, Store> flash;
    advance(CALL_US);
    const bool known = flash.count(name);
    if (store_ || strlen(name) > MOST_NAME || (read_only && !known)) return false;
    store_ = &flash[name];
    read_only_ = read_only;
    return true;
}
size_t Preferences::put(const char *key, const std::string &value) {
    advance(CALL_US);
    if (!store_ || read_only_ || strlen(key) > MOST_NAME) return 0;
    (*store_)[key] = value;
    return value.size();
}
bool Preferences::remove(const char *key) {
    return store_ && !read_only_ && store_->erase(key) > 0;
}
bool Preferences::clear() {
    if (!store_ || read_only_) return false;
    store_->clear();
    return true;
}
