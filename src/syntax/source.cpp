#include "syntax/source.h"

#include "base/utf8.h"
#include "syntax/identifiers.h"

#include <cstdio>
#include <cstring>

namespace taipan::syntax {

namespace {

bool is_name_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
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
        return start == wanted || (start.starts_with(wanted) && start.size() > wanted.size() && start[wanted.size()] == '-');
    };
    if (is("utf-8")) return "utf-8";
    if (is("latin-1") || is("iso-8859-1") || is("iso-latin-1") || start == "latin1" || start == "iso8859-1") return "iso-8859-1";
    return {arena.copy(name.data(), name.size()), name.size()};
}

// A line for SyntaxError.text: what is not UTF-8 in it as U+FFFD.
std::string_view shown_line(base::Arena& arena, std::string_view line) {
    char* buffer = (char*)arena.allocate(line.size() * 3 + 1, 1);
    char* out = buffer;
    auto* p = (const uint8_t*)line.data();
    size_t left = line.size();
    while (left) {
        base::DecodeScan scan = base::scan_utf8(p, left);
        memcpy(out, p, scan.consumed);
        out += scan.consumed;
        if (!scan.reason) break;
        out = encode_one(out, 0xfffd);
        p += scan.error_end;
        left -= scan.error_end;
    }
    return {buffer, (size_t)(out - buffer)};
}

std::string_view line_at(std::string_view bytes, const char* at) {
    const char* start = at;
    while (start > bytes.data() && start[-1] != '\n') start--;
    const char* end = at;
    while (end < bytes.data() + bytes.size() && *end != '\n') end++;
    return {start, (size_t)(end - start)};
}

} // namespace

DecodedSource decode_source(base::Arena& arena, std::string_view bytes, DeclaredEncoding declared) {
    DecodedSource result;
    bool has_bom = bytes.starts_with("\xef\xbb\xbf");
    if (has_bom) bytes.remove_prefix(3);
    result.body = bytes;
    result.encoding = "utf-8";
    char text[256];
    auto fail = [&](int size, const char* at, int lineno) -> SyntaxFailure& {
        result.status = DecodeStatus::Failed;
        SyntaxFailure& failure = result.failure;
        failure.kind = FailureKind::SyntaxError;
        failure.message = {arena.copy(text, (size_t)size), (size_t)size};
        failure.lineno = failure.end_lineno = lineno;
        failure.line = shown_line(arena, line_at(bytes, at));
        failure.has_line = true;
        failure.has_file = false; // COMPAT: it is not known here
        return failure;
    };
    if (declared == DeclaredEncoding::Honour) {
        size_t at = 0;
        for (int line_number = 0; line_number < 2 && at < bytes.size(); line_number++) {
            size_t end = at;
            while (end < bytes.size() && bytes[end] != '\n' && bytes[end] != '\r') end++;
            std::string_view line = bytes.substr(at, end - at);
            std::string_view cookie = cookie_in(line);
            if (!cookie.empty()) {
                result.encoding = normal_encoding_name(arena, cookie);
                if (has_bom && result.encoding != "utf-8") {
                    int shown = (int)(result.encoding.size() < 100 ? result.encoding.size() : 100);
                    SyntaxFailure& failure =
                        fail(snprintf(text, sizeof text, "encoding problem: %.*s with BOM", shown, result.encoding.data()), line.data(),
                             line_number + 1);
                    failure.offset = 0;
                    failure.end_offset = (int)line.size() + line_number;
                    return result;
                }
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
    auto* start = (const uint8_t*)bytes.data();
    if (result.encoding != "utf-8") {
        if (result.encoding == "ascii" && base::is_ascii(start, bytes.size())) result.text = bytes;
        else result.status = DecodeStatus::NeedsCodec;
        return result;
    }
    base::DecodeScan scan = base::scan_utf8(start, bytes.size());
    if (!scan.reason) {
        result.text = bytes;
        return result;
    }
    const char* bad = bytes.data() + scan.consumed;
    int lineno = 1;
    for (const char* p = bytes.data(); p < bad; p++) lineno += *p == '\n';
    std::string_view line = line_at(bytes, bad);
    SyntaxFailure& failure = fail(snprintf(text, sizeof text,
                                           "Non-UTF-8 code starting with '\\x%02x' on line %d, but no encoding declared; see "
                                           "https://peps.python.org/pep-0263/ for details",
                                           (unsigned char)*bad, lineno),
                                  bad, lineno);
    failure.byte_offset = failure.end_byte_offset = (int)(bad - line.data());
    failure.offset = failure.end_offset = count_characters(line.data(), bad) + 1;
    return result;
}

std::string_view normalize_newlines(base::Arena& arena, std::string_view source, bool end_with_newline) {
    char* buffer = (char*)arena.allocate(source.size() + 2, 1);
    size_t size = source.size();
    if (size == 0 || !memchr(source.data(), '\r', size)) {
        if (size) memcpy(buffer, source.data(), size);
    } else {
        char* out = buffer;
        for (size_t i = 0; i < size; i++) {
            char c = source[i];
            if (c == '\r') {
                c = '\n';
                if (i + 1 < size && source[i + 1] == '\n') i++;
            }
            *out++ = c;
        }
        size = (size_t)(out - buffer);
    }
    if (end_with_newline && size && buffer[size - 1] != '\n') buffer[size++] = '\n';
    buffer[size] = 0;
    return {buffer, size};
}

} // namespace taipan::syntax
