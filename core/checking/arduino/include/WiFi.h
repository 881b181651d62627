// Wi-Fi as far as a sketch sees it: a network that answers 2 s after begin(). Nothing is sent.
#pragma once

#include "Arduino.h"

enum wl_status_t {
    WL_IDLE_STATUS,
    WL_NO_SSID_AVAIL,
    WL_CONNECTED = 3,
    WL_CONNECT_FAILED,
    WL_CONNECTION_LOST,
    WL_DISCONNECTED,
    WL_NO_SHIELD = 255,
};
enum wifi_mode_t { WIFI_OFF, WIFI_STA, WIFI_AP, WIFI_AP_STA };

struct IPAddress {
    uint8_t bytes[4];
    uint8_t operator[](int at) const { return bytes[at]; }
    String toString() const {
        char text[16];
        snprintf(text, sizeof text, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
        return text;
    }
    operator String() const { return toString(); }
};

class WiFiClass {
public:
    wl_status_t begin(const char *network, const char *password = nullptr);
    wl_status_t status() const;
    bool isConnected() const { return status() == WL_CONNECTED; }
    bool mode(wifi_mode_t mode);
    bool disconnect(bool radio_off = false);
    bool reconnect() { return begin(network_.c_str()) != WL_CONNECT_FAILED; }
    wl_status_t waitForConnectResult(unsigned long timeout_ms = 60000);
    bool setAutoReconnect(bool) { return true; }
    bool setSleep(bool) { return true; }
    bool setHostname(const char *) { return true; }
    String SSID() const { return network_; }
    bool softAP(const char *network, const char *password = nullptr);
    IPAddress softAPIP() const { return {{192, 168, 4, 1}}; }
    int16_t scanNetworks() { return 0; } // no other network is in reach
    IPAddress localIP() const { return {{192, 168, 1, 50}}; }
    int8_t RSSI() const { return -60; }
    String macAddress() const { return "24:6F:28:00:00:01"; }

private:
    String network_;
};
extern WiFiClass WiFi;

// A connection to a server: nobody answers.
class WiFiClient : public Print {
public:
    int connect(const char *host, uint16_t port);
    int connect(IPAddress address, uint16_t port) {
        return connect(address.toString().c_str(), port);
    }
    uint8_t connected() const { return 0; }
    explicit operator bool() const { return false; }
    using Print::write;
    size_t write(const uint8_t *, size_t) override { return 0; }
    int available() const { return 0; }
    int read() const { return -1; }
    void setTimeout(uint32_t) {}
    void stop() {}
};
