#include "syntax/source.h"

#include "syntax/identifiers.h"

#include <cstdio>
#include <cstring>

namespace taipan::syntax {

namespace {

bool is_name_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '.';
}

// The name in a comment that matches `^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`, or empty.
std::string_view cookie_in(std::string_view line) {
    size_t i = 0;
    while (i < line.size() && (line[i] == ' ' || line[i] == '\t' || line[i] == '\f')) i++;
    if (i == line.size() || line[i] != '#') return {};
    for (; i + 6 < line.size(); i++) {
        if (line.compare(i, 6, "coding") != 0) continue;
        size_t at = i + 6;
        if (line[at] != ':' && line[at] != '=') continue;
        do at++;
        while (at < line.size() && (line[at] == ' ' || line[at] == '\t'));
        size_t start = at;
        while (at < line.size() && is_name_char(line[at])) at++;
        if (at > start) return line.substr(start, at - start);
    }
    return {};
}

// A second line may hold the cookie only if the first one is blank or a comment.
bool allows_cookie_after(std::string_view line) {
    for (char c : line) {
        if (c == '#' || c == '\n' || c == '\r') return true;
        if (c != ' ' && c != '\t' && c != '\f') return false;
    }
    return true;
}

std::string_view normal_encoding_name(base::Arena& arena, std::string_view name) {
    char buffer[13];
    size_t size = name.size() < 12 ? name.size() : 12;
    for (size_t i = 0; i < size; i++) {
        char c = name[i];
        buffer[i] = c == '_' ? '-' : (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    std::string_view start{buffer, size};
    auto is = [&](std::string_view wanted) {
        return start == wanted || (start.starts_with(wanted) && start.size() > wanted.size() &&
                                   start[wanted.size()] == '-');
    };
    if (is("utf-8")) return "utf-8";
    if (is("latin-1") || is("iso-8859-1") || is("iso-latin-1")) return "iso-8859-1";
    return {arena.copy(name.data(), name.size()), name.size()};
}

// Where UTF-8 goes wrong, or the end.
const char* find_invalid_utf8(const char* p, const char* end) {
    while (p < end) {
        uint64_t word;
        if (end - p >= 8 && (memcpy(&word, p, 8), !(word & 0x8080808080808080u))) {
            p += 8;
            continue;
        }
        auto byte = [&](int i) { return (unsigned char)p[i]; };
        auto is_tail = [&](int i) { return p + i < end && (byte(i) & 0xc0) == 0x80; };
        unsigned char c = byte(0);
        if (c < 0x80) {
            p++;
        } else if (c >= 0xc2 && c < 0xe0) {
            if (!is_tail(1)) return p;
            p += 2;
        } else if (c >= 0xe0 && c < 0xf0) {
            if (!is_tail(1) || !is_tail(2) || (c == 0xe0 && byte(1) < 0xa0) || (c == 0xed && byte(1) >= 0xa0)) return p;
            p += 3;
        } else if (c >= 0xf0 && c < 0xf5) {
            if (!is_tail(1) || !is_tail(2) || !is_tail(3) || (c == 0xf0 && byte(1) < 0x90) ||
                (c == 0xf4 && byte(1) >= 0x90))
                return p;
            p += 4;
        } else {
            return p;
        }
    }
    return end;
}

} // namespace

DecodedSource decode_source(base::Arena& arena, std::string_view bytes, DeclaredEncoding declared) {
    DecodedSource result;
    bool has_bom = bytes.starts_with("\xef\xbb\xbf");
    if (has_bom) bytes.remove_prefix(3);
    result.body = bytes;
    result.encoding = "utf-8";
    auto message = [&](const char* text, int size) {
        result.status = DecodeStatus::Failed;
        result.message = {arena.copy(text, (size_t)size), (size_t)size};
        return result;
    };
    char text[256];
    bool has_cookie = false;
    if (declared == DeclaredEncoding::Honour) {
        size_t at = 0;
        for (int line_number = 0; line_number < 2 && at < bytes.size(); line_number++) {
            size_t end = at;
            while (end < bytes.size() && bytes[end] != '\n' && bytes[end] != '\r') end++;
            std::string_view line = bytes.substr(at, end - at);
            std::string_view cookie = cookie_in(line);
            if (!cookie.empty()) {
                has_cookie = true;
                result.encoding = normal_encoding_name(arena, cookie);
                if (has_bom && result.encoding != "utf-8")
                    return message(text, snprintf(text, sizeof text, "encoding problem: %.*s with BOM",
                                                  (int)(result.encoding.size() < 100 ? result.encoding.size() : 100),
                                                  result.encoding.data()));
                break;
            }
            if (!allows_cookie_after(line)) break;
            at = end + 1;
            if (end + 1 < bytes.size() && bytes[end] == '\r' && bytes[end + 1] == '\n') at++;
        }
    }
    if (result.encoding == "iso-8859-1") {
        size_t high = 0;
        for (char c : bytes) high += (unsigned char)c >= 0x80;
        if (!high) {
            result.text = bytes;
            return result;
        }
        char* buffer = (char*)arena.allocate(bytes.size() + high, 1);
        char* out = buffer;
        for (char c : bytes) out = encode_one(out, (unsigned char)c);
        result.text = {buffer, (size_t)(out - buffer)};
        return result;
    }
    if (result.encoding != "utf-8") {
        result.status = DecodeStatus::NeedsCodec;
        return result;
    }
    const char* end = bytes.data() + bytes.size();
    const char* bad = find_invalid_utf8(bytes.data(), end);
    if (bad != end) {
        result.lineno = 1;
        for (const char* p = bytes.data(); p < bad; p++) result.lineno += *p == '\n';
        if (has_cookie || has_bom)
            return message(text, snprintf(text, sizeof text,
                                          "(unicode error) 'utf-8' codec can't decode byte 0x%02x in position %d: "
                                          "invalid start byte",
                                          (unsigned char)*bad, (int)(bad - bytes.data())));
        return message(text, snprintf(text, sizeof text,
                                      "Non-UTF-8 code starting with '\\x%02x' on line %d, but no encoding declared; see "
                                      "https://peps.python.org/pep-0263/ for details",
                                      (unsigned char)*bad, result.lineno));
    }
    result.text = bytes;
    return result;
}

} // namespace taipan::syntax
