// The serial ports, Wi-Fi and random numbers.

#include "Arduino.h"

#include <unistd.h>

#include "WiFi.h"
#include "board.h"

using namespace board;

HardwareSerial Serial("Serial"), Serial1("Serial1"), Serial2("Serial2");
WiFiClass WiFi;

namespace {

constexpr uint64_t WIFI_JOIN_US = 2 * SECOND_US;
constexpr uint64_t BITS_PER_BYTE_SENT = 10; // a start bit and a stop bit

bool radio_is_on = false, joins = false;
uint64_t joined_at_us = 0;
uint64_t random_state = 1;

std::string read_standard_input() {
    std::string text;
    if (isatty(STDIN_FILENO)) return text;
    for (int letter; (letter = getchar()) != EOF;) text += static_cast<char>(letter);
    return text;
}

} // namespace

bool board::wifi_is_on() { return radio_is_on; }

void HardwareSerial::require_begin(const char *call) const {
    advance(CALL_US);
    if (baud_ == 0)
        stop(SERIAL_BEFORE_BEGIN, "%s.%s before %s.begin(115200)", name_, call, name_);
}
void HardwareSerial::begin(unsigned long baud, uint32_t, int8_t, int8_t) {
    advance(CALL_US);
    baud_ = baud;
    if (this == &Serial) input_ += read_standard_input(); // a second begin() finds no more
}
size_t HardwareSerial::write(const uint8_t *bytes, size_t size) {
    require_begin("print");
    advance(size * BITS_PER_BYTE_SENT * SECOND_US / baud_);
    if (this != &Serial) return size; // nothing is connected to the others
    fwrite(bytes, 1, size, stdout);
    fflush(stdout); // what was said before a crash is there
    return size;
}
int HardwareSerial::available() {
    require_begin("available");
    return static_cast<int>(input_.size() - taken_);
}
int HardwareSerial::peek() { return available() ? static_cast<uint8_t>(input_[taken_]) : -1; }
int HardwareSerial::read() { return available() ? static_cast<uint8_t>(input_[taken_++]) : -1; }
size_t HardwareSerial::readBytes(char *target, size_t size) {
    size_t count = 0;
    while (count < size && available()) target[count++] = static_cast<char>(read());
    return count;
}
size_t HardwareSerial::readBytesUntil(char stop, char *target, size_t size) {
    size_t count = 0;
    while (count < size && available()) {
        const char letter = static_cast<char>(read());
        if (letter == stop) break;
        target[count++] = letter;
    }
    return count;
}
String HardwareSerial::readString() {
    String text;
    while (available()) text += static_cast<char>(read());
    return text;
}
String HardwareSerial::readStringUntil(char stop) {
    String text;
    for (int letter; (letter = read()) >= 0 && letter != stop;) text += static_cast<char>(letter);
    return text;
}
long HardwareSerial::parseInt() {
    while (available() && !isdigit(peek()) && peek() != '-') read();
    String digits;
    do digits += static_cast<char>(max(read(), 0));
    while (available() && isdigit(peek()));
    return digits.toInt();
}

wl_status_t WiFiClass::begin(const char *network, const char *) {
    advance(CALL_US);
    network_ = network;
    radio_is_on = joins = true;
    joined_at_us = now_us() + WIFI_JOIN_US;
    return status();
}
wl_status_t WiFiClass::status() const {
    advance(CALL_US);
    return joins && now_us() >= joined_at_us ? WL_CONNECTED : WL_DISCONNECTED;
}
wl_status_t WiFiClass::waitForConnectResult(unsigned long timeout_ms) {
    for (const uint64_t end_us = now_us() + timeout_ms * 1000; now_us() < end_us; delay(100))
        if (isConnected()) break;
    return status();
}
bool WiFiClass::softAP(const char *, const char *password) {
    advance(CALL_US);
    if (password && *password && strlen(password) < 8) return false; // as WPA2 has it
    return radio_is_on = true;
}
bool WiFiClass::mode(wifi_mode_t mode) {
    radio_is_on = mode != WIFI_OFF;
    joins = joins && radio_is_on;
    return true;
}
bool WiFiClass::disconnect(bool radio_off) {
    joins = false;
    radio_is_on = radio_is_on && !radio_off;
    return true;
}

int WiFiClient::connect(const char *, uint16_t) {
    delay(3000); // the core's own time limit
    return 0;
}

// The same numbers in every run (Knuth's 64-bit linear congruential generator).
long random(long below) {
    random_state = random_state * 6364136223846793005U + 1442695040888963407U;
    return below > 0 ? static_cast<long>((random_state >> 33) % static_cast<uint64_t>(below)) : 0;
}
long random(long from, long below) { return from < below ? from + random(below - from) : from; }
void randomSeed(unsigned long seed) { random_state = seed; }
