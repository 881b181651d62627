// Preferences: what a sketch keeps in flash. Here it lasts as long as the run.
#pragma once

#include "Arduino.h"

#include <map>

class Preferences {
public:
    bool begin(const char *name, bool read_only = false, const char *partition = nullptr);
    void end() { store_ = nullptr; }
    bool clear();
    bool remove(const char *key);
    bool isKey(const char *key) const { return store_ && store_->count(key); }
    size_t freeEntries() const { return store_ ? 500 - store_->size() : 0; }

    size_t putString(const char *key, const String &value) { return put(key, value.c_str()); }
    String getString(const char *key, const String &otherwise = String()) const {
        const std::string *found = find(key);
        return found ? String(*found) : otherwise;
    }
    size_t putBytes(const char *key, const void *value, size_t size) {
        return put(key, std::string(static_cast<const char *>(value), size));
    }
    size_t getBytesLength(const char *key) const { return find(key) ? find(key)->size() : 0; }
    size_t getBytes(const char *key, void *target, size_t size) const {
        const std::string *found = find(key);
        if (!found || found->size() > size) return 0;
        memcpy(target, found->data(), found->size());
        return found->size();
    }

#define BOARD_KEEPS(Name, Type)                                                                    \
    size_t put##Name(const char *key, Type value) { return putBytes(key, &value, sizeof value); }  \
    Type get##Name(const char *key, Type otherwise = {}) const {                                   \
        Type value = otherwise;                                                                    \
        return getBytesLength(key) == sizeof value ? getBytes(key, &value, sizeof value), value    \
                                                   : otherwise;                                    \
    }
    BOARD_KEEPS(Char, int8_t)
    BOARD_KEEPS(UChar, uint8_t)
    BOARD_KEEPS(Short, int16_t)
    BOARD_KEEPS(UShort, uint16_t)
    BOARD_KEEPS(Int, int32_t)
    BOARD_KEEPS(UInt, uint32_t)
    BOARD_KEEPS(Long, int32_t)
    BOARD_KEEPS(ULong, uint32_t)
    BOARD_KEEPS(Long64, int64_t)
    BOARD_KEEPS(ULong64, uint64_t)
    BOARD_KEEPS(Float, float)
    BOARD_KEEPS(Double, double)
    BOARD_KEEPS(Bool, bool)
#undef BOARD_KEEPS

private:
    using Store = std::map<std::string, std::string>;
    size_t put(const char *key, const std::string &value);
    const std::string *find(const char *key) const {
        return isKey(key) ? &store_->find(key)->second : nullptr;
    }
    Store *store_ = nullptr; // of the namespace that is open
    bool read_only_ = false;
};
