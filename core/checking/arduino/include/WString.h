// Arduino's String, over std::string. Numbers become text only where asked, as on the board.
#pragma once

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <strings.h>
#include <type_traits>

template <typename T> // an enumeration, too, is a number
using IfInteger = std::enable_if_t<std::is_integral_v<T> || std::is_enum_v<T>, int>;
template <typename T> using IfReal = std::enable_if_t<std::is_floating_point_v<T>, int>;

class String {
public:
    String(const char *text = "") : text_(text ? text : "") {}
    String(std::string text) : text_(std::move(text)) {}
    explicit String(char letter) : text_(1, letter) {}
    template <typename T, IfInteger<T> = 0> explicit String(T value, unsigned base = 10) {
        if (base == 10) {
            text_ = std::to_string(+value);
            return;
        }
        std::make_unsigned_t<decltype(+value)> rest = value; // negative: two's complement
        do {
            text_.insert(text_.begin(), "0123456789ABCDEF"[rest % base]);
        } while ((rest /= base) != 0);
    }
    template <typename T, IfReal<T> = 0> explicit String(T value, unsigned decimals = 2) {
        char digits[352]; // the largest double has 309 digits
        snprintf(digits, sizeof digits, "%.*f", static_cast<int>(decimals < 38 ? decimals : 38),
                 static_cast<double>(value));
        text_ = digits;
    }

    unsigned length() const { return static_cast<unsigned>(text_.size()); }
    bool isEmpty() const { return text_.empty(); }
    const char *c_str() const { return text_.c_str(); }
    const char *begin() const { return c_str(); }
    const char *end() const { return c_str() + text_.size(); }
    bool reserve(unsigned size) { return text_.reserve(size), true; }

    char charAt(unsigned at) const { return at < text_.size() ? text_[at] : '\0'; }
    char operator[](unsigned at) const { return charAt(at); }
    char &operator[](unsigned at) { return at < text_.size() ? text_[at] : (scratch_ = '\0'); }
    void setCharAt(unsigned at, char letter) { (*this)[at] = letter; }

    template <typename T> bool concat(const T &more) { return text_ += String(more).text_, true; }
    template <typename T> String &operator+=(const T &more) { return concat(more), *this; }
    template <typename T> friend String operator+(const String &left, const T &right) {
        return String(left.text_ + String(right).text_);
    }
    friend String operator+(const char *left, const String &right) { return left + right.text_; }

    friend bool operator==(const String &a, const String &b) { return a.text_ == b.text_; }
    friend bool operator!=(const String &a, const String &b) { return a.text_ != b.text_; }
    friend bool operator<(const String &a, const String &b) { return a.text_ < b.text_; }
    friend bool operator>(const String &a, const String &b) { return a.text_ > b.text_; }
    int compareTo(const String &other) const { return text_.compare(other.text_); }
    bool equals(const String &other) const { return text_ == other.text_; }
    bool equalsIgnoreCase(const String &other) const { return !strcasecmp(c_str(), other.c_str()); }
    bool startsWith(const String &start) const { return text_.rfind(start.text_, 0) == 0; }
    bool endsWith(const String &end) const {
        return text_.size() >= end.text_.size() &&
               text_.compare(text_.size() - end.text_.size(), std::string::npos, end.text_) == 0;
    }

    int indexOf(char what, unsigned from = 0) const { return place(text_.find(what, from)); }
    int indexOf(const String &what, unsigned from = 0) const {
        return place(text_.find(what.text_, from));
    }
    int lastIndexOf(char what) const { return place(text_.rfind(what)); }
    int lastIndexOf(const String &what) const { return place(text_.rfind(what.text_)); }
    String substring(unsigned from) const { return substring(from, length()); }
    String substring(unsigned from, unsigned to) const {
        if (from > to) std::swap(from, to);
        return from < text_.size() ? String(text_.substr(from, to - from)) : String();
    }

    void remove(unsigned at, unsigned count = ~0U) {
        if (at < text_.size()) text_.erase(at, count);
    }
    void replace(const String &old, const String &fresh) {
        if (old.isEmpty()) return;
        for (size_t at = 0; (at = text_.find(old.text_, at)) != std::string::npos;
             at += fresh.text_.size())
            text_.replace(at, old.text_.size(), fresh.text_);
    }
    void trim() {
        const char *blanks = " \t\r\n\f\v";
        text_.erase(text_.find_last_not_of(blanks) + 1);
        text_.erase(0, text_.find_first_not_of(blanks));
    }
    void toLowerCase() {
        for (char &letter : text_) letter = static_cast<char>(tolower(letter));
    }
    void toUpperCase() {
        for (char &letter : text_) letter = static_cast<char>(toupper(letter));
    }
    long toInt() const { return strtol(c_str(), nullptr, 10); }
    float toFloat() const { return strtof(c_str(), nullptr); }
    double toDouble() const { return strtod(c_str(), nullptr); }
    void toCharArray(char *target, unsigned size, unsigned from = 0) const {
        if (size == 0) return;
        snprintf(target, size, "%s", from < text_.size() ? c_str() + from : "");
    }

private:
    static int place(size_t found) {
        return found == std::string::npos ? -1 : static_cast<int>(found);
    }
    std::string text_;
    char scratch_ = '\0'; // what a write past the end changes
};
