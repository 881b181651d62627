// Wi-Fi as far as a sketch sees it: a network that answers 2 s after begin(). Nothing is sent.
#pragma once

#include "Arduino.h"

enum wl_status_t { WL_IDLE_STATUS, WL_CONNECTED = 3, WL_CONNECT_FAILED, WL_DISCONNECTED = 6 };
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
    IPAddress localIP() const { return {{192, 168, 1, 50}}; }
    int8_t RSSI() const { return -60; }
    String macAddress() const { return "24:6F:28:00:00:01"; }
};
extern WiFiClass WiFi;
