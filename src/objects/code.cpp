// Code objects: creation, tables, attributes.
#include "objects/code.h"

#include "objects/code_deaths.h"
#include "objects/code_extra.h"

#include "base/edit_distance.h"
#include "objects/abstract.h"
#include "objects/constant_intern.h"
#include "objects/dict.h"
#include "objects/list.h"
#include "objects/set.h"
#include "objects/type_spec.h"
#include "objects/weakref.h"

#include <cstring>

namespace taipan {

namespace {

bool looks_like_name(const Str* s) {
    if (!s->is_ascii()) return false;
    for (char c : s->ascii_view())
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
    return true;
}
void intern_in_place(Thread& t, Object*& slot) {
    if (!is_exact<Str>(slot)) return;
    slot = str_intern(t, Ref<Str>::steal(static_cast<Str*>(slot))).release();
}
void intern_names(Thread& t, Tuple* constants) {
    for (intptr_t i = 0; i < constants->size; ++i) {
        Object*& item = constants->items[i];
        if (is_exact<Str>(item)) {
            if (looks_like_name(static_cast<Str*>(item))) intern_in_place(t, item);
        } else if (is_exact<Tuple>(item)) {
            intern_names(t, static_cast<Tuple*>(item));
        }
    }
}

} // namespace

Result<Ref<Code>> code_new(Thread& t, const CodeFields& f) {
    if (f.argcount < f.posonlyargcount || f.posonlyargcount < 0 || f.kwonlyargcount < 0 || f.stacksize < 0 || f.flags < 0 ||
        f.bytecode.size() % 2 != 0 || f.localsplusnames->size != f.localspluskinds->size)
        return raise(t, exc::ValueError, "code: argument out of range");
    Ref<Object> made = TRY(allocate_object(t, Code::s_type, static_cast<intptr_t>(f.bytecode.size() / 2)));
    Ref<Code> code = Ref<Code>::steal(static_cast<Code*>(made.release()));
    auto keep = [](auto* o) {
        incref(o);
        return o;
    };
    code->consts = keep(intern_trivial_constants(f.consts));
    code->names = keep(f.names);
    code->exception_table = keep(f.exception_table);
    code->flags = f.flags;
    code->argcount = f.argcount;
    code->posonlyargcount = f.posonlyargcount;
    code->kwonlyargcount = f.kwonlyargcount;
    code->stacksize = f.stacksize;
    code->firstlineno = f.firstlineno;
    code->localsplusnames = keep(f.localsplusnames);
    code->localspluskinds = keep(f.localspluskinds);
    code->filename = keep(f.filename);
    code->name = keep(f.name);
    code->qualname = keep(f.qualname);
    code->linetable = keep(f.linetable);
    memcpy(code->bytecode, f.bytecode.data(), f.bytecode.size());
    code->nlocalsplus = static_cast<int>(f.localsplusnames->size);
    for (intptr_t i = 0; i < f.localspluskinds->size; ++i) {
        uint8_t kind = static_cast<uint8_t>(f.localspluskinds->data[i]);
        if (kind & local_kind::Local) ++code->nlocals;
        if (kind & local_kind::Cell) ++code->ncellvars;
        else if (kind & local_kind::Free) ++code->nfreevars;
    }
    if (code->total_args() > code->nlocals) return raise(t, exc::ValueError, "code: varnames is too small");
    code->framesize = code->nlocalsplus + code->stacksize;
    for (Tuple* names : {code->names, code->localsplusnames})
        for (intptr_t i = 0; i < names->size; ++i) intern_in_place(t, names->items[i]);
    Object* name = code->name;
    intern_in_place(t, name);
    code->name = static_cast<Str*>(name);
    if (code->qualname != code->name && str_equal(code->qualname, code->name)) {
        decref(code->qualname);
        code->qualname = keep(code->name);
    }
    intern_names(t, code->consts);
    // Tracing begins at RESUME; before it cells are made and the generator is created.
    const uint8_t* bytes = reinterpret_cast<const uint8_t*>(code->bytecode);
    int units = static_cast<int>(code->size);
    constexpr uint8_t Resume = 128;
    int entry = 0;
    while (entry < units && bytes[2 * entry] != Resume) ++entry;
    code->first_traceable = entry < units ? entry : 0;
    gc_track(code.get());
    return code;
}

Result<Ref<Bytes>> code_bytes(Thread& t, Borrowed<Code> code) {
    Bytes* known = __atomic_load_n(&code.get()->code_bytes, __ATOMIC_ACQUIRE);
    if (!known) {
        Ref<Bytes> made = TRY(bytes_from(t, code->bytecode_view()));
        if (__atomic_compare_exchange_n(&code.get()->code_bytes, &known, made.get(), false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            known = made.release();
    }
    return Ref<Bytes>::acquire(known);
}

Object* code_shareable_constant(Thread& t, Object* constant) {
    constexpr intptr_t LongestInterned = 64;
    if (is_exact<Str>(constant)) {
        auto* text = static_cast<Str*>(constant);
        if (text->is_interned() || text->length > LongestInterned) return constant;
        Ref<Str> shareable = str_intern(t, acquire(text)); // immortal
        return shareable.get();
    }
    if (is_exact<Code>(constant)) {
        code_shareable_constant(t, static_cast<Code*>(constant)->qualname);
        return constant;
    }
    return intern_constant(t, constant);
}

// --- tables -----------------------------------------------------------------------------------------------------------

namespace {

/// The location table: entries of one head byte (1, code:4, length-1:3) and a payload (Objects/locations of the format).
struct LocationReader {
    const uint8_t* p;
    const uint8_t* end;
    int line;
    CodePosition position{-1, -1, -1, -1};
    int units = 0;

    uint32_t varint() {
        uint32_t value = *p & 63;
        int shift = 0;
        while (*p++ & 64 && p < end) {
            shift += 6;
            value |= static_cast<uint32_t>(*p & 63) << shift;
        }
        return value;
    }
    int signed_varint() {
        uint32_t value = varint();
        return value & 1 ? -static_cast<int>(value >> 1) : static_cast<int>(value >> 1);
    }
    bool next() {
        if (p >= end) return false;
        uint8_t head = *p++;
        int kind = head >> 3 & 15;
        units = (head & 7) + 1;
        if (kind == 15) { // no location
            position = {-1, -1, -1, -1};
        } else if (kind == 14) { // long form
            line += signed_varint();
            int end_line = line + static_cast<int>(varint());
            int column = static_cast<int>(varint()) - 1;
            int end_column = static_cast<int>(varint()) - 1;
            position = {line, end_line, column, end_column};
        } else if (kind == 13) { // no columns
            line += signed_varint();
            position = {line, line, -1, -1};
        } else if (kind >= 10) { // one line
            line += kind - 10;
            int column = *p++;
            int end_column = *p++;
            position = {line, line, column, end_column};
        } else { // short form
            uint8_t second = *p++;
            int column = kind << 3 | second >> 4;
            position = {line, line, column, column + (second & 15)};
        }
        return true;
    }
};
LocationReader reader(const Code* code) {
    const uint8_t* data = reinterpret_cast<const uint8_t*>(code->linetable->data);
    return {data, data + code->linetable->size, code->firstlineno};
}

} // namespace

CodePosition code_position(const Code* code, int lasti) {
    if (lasti < 0) return {code->firstlineno, code->firstlineno, -1, -1};
    LocationReader r = reader(code);
    int unit = lasti / 2, at = 0;
    while (r.next()) {
        at += r.units;
        if (unit < at) return r.position;
    }
    return {-1, -1, -1, -1};
}

void code_lines(const Code* code, int32_t* lines, int count) {
    LocationReader r = reader(code);
    int at = 0;
    while (at < count && r.next())
        for (int i = 0; i < r.units && at < count; ++i) lines[at++] = r.position.line;
    while (at < count) lines[at++] = -1;
}

void code_visit_handlers(const Code* code, void (*visit)(int unit, void* context), void* context) {
    const uint8_t* p = reinterpret_cast<const uint8_t*>(code->exception_table->data);
    const uint8_t* end = p + code->exception_table->size;
    int values[4], filled = 0;
    while (p < end) { // start, size, target, depth: big-endian groups of six bits
        int value = *p & 63;
        while (*p & 64 && p + 1 < end) value = value << 6 | (*++p & 63);
        ++p;
        values[filled++] = value;
        if (filled < 4) continue;
        visit(values[2], context);
        filled = 0;
    }
}

bool code_find_handler(const Code* code, int lasti, ExceptionHandler* out) {
    const uint8_t* p = reinterpret_cast<const uint8_t*>(code->exception_table->data);
    const uint8_t* end = p + code->exception_table->size;
    auto varint = [&]() {
        int value = *p & 63;
        while (*p & 64 && p + 1 < end) value = value << 6 | (*++p & 63);
        ++p;
        return value;
    };
    int unit = lasti / 2;
    while (p < end) {
        int start = varint();
        int size = varint();
        int target = varint();
        int depth_lasti = varint();
        if (start > unit) return false; // entries are in order
        if (unit < start + size) {
            *out = {target * 2, depth_lasti >> 1, (depth_lasti & 1) != 0};
            return true;
        }
    }
    return false;
}

// --- the type ---------------------------------------------------------------------------------------------------------

namespace {

using Self = Borrowed<Code>;

Result<Ref<Tuple>> names_of_kind(Thread& t, Self code, uint8_t kind) {
    Ref<List> names = TRY(list_new(t));
    for (int i = 0; i < code->nlocalsplus; ++i)
        if (static_cast<uint8_t>(code->localspluskinds->data[i]) & kind)
            TRY(list_append(t, names, Ref<Object>::acquire(code->localsplusnames->items[i])));
    return list_to_tuple(t, names);
}
Result<Ref<Tuple>> get_varnames(Thread& t, Self c) { return names_of_kind(t, c, local_kind::Local); }
Result<Ref<Tuple>> get_cellvars(Thread& t, Self c) { return names_of_kind(t, c, local_kind::Cell); }
Result<Ref<Tuple>> get_freevars(Thread& t, Self c) { return names_of_kind(t, c, local_kind::Free); }
Result<Ref<Bytes>> get_code(Thread& t, Self c) { return code_bytes(t, c); }

Result<Ref<Object>> make_iterator(Thread& t, Borrowed<List> list) { return get_iterator(t, list); }
Result<Ref<Object>> co_positions(Thread& t, Self code) {
    Ref<List> list = TRY(list_new(t));
    auto number = [&](int v) -> Result<Ref<Object>> {
        if (v < 0) return none_ref();
        return TRY(int_from(t, v));
    };
    LocationReader r = reader(code.get());
    while (r.next()) {
        for (int i = 0; i < r.units; ++i) {
            Ref<Object> a = TRY(number(r.position.line)), b = TRY(number(r.position.end_line));
            Ref<Object> c = TRY(number(r.position.column)), d = TRY(number(r.position.end_column));
            Ref<Tuple> entry = TRY(tuple_pack(t, a, b, c, d));
            TRY(list_append(t, list, std::move(entry)));
        }
    }
    return make_iterator(t, list);
}
Result<Ref<Object>> co_lines(Thread& t, Self code) {
    Ref<List> list = TRY(list_new(t));
    LocationReader r = reader(code.get());
    int start = 0, at = 0, line = -2;
    auto flush = [&](int end) -> Result<void> {
        if (line == -2 || start == end) return {};
        Ref<Object> shown = line < 0 ? none_ref() : Ref<Object>(TRY(int_from(t, line)));
        Ref<Int> from = TRY(int_from(t, start)), to = TRY(int_from(t, end));
        Ref<Tuple> entry = TRY(tuple_pack(t, from, to, shown));
        return list_append(t, list, std::move(entry));
    };
    while (r.next()) {
        if (r.position.line != line) {
            TRY(flush(at));
            start = at;
            line = r.position.line;
        }
        at += r.units * 2;
    }
    TRY(flush(at));
    return make_iterator(t, list);
}
/// Pairs of bytes, how far the code and how far the line moves on, as Python up to 3.9 had them.
Result<Ref<Object>> get_lnotab(Thread& t, Self code) {
    TRY(warn(t, exc::DeprecationWarning, 1, "co_lnotab is deprecated, use co_lines instead."));
    Ref<List> pairs = TRY(list_new(t));
    auto pair = [&](int distance, int lines) -> Result<void> {
        TRY(list_append(t, pairs, TRY(int_from(t, distance & 0xff))));
        return list_append(t, pairs, TRY(int_from(t, lines & 0xff)));
    };
    auto step = [&](int distance, int lines) -> Result<void> {
        for (; distance > 255; distance -= 255) TRY(pair(255, 0));
        for (; lines > 127; lines -= 127, distance = 0) TRY(pair(distance, 127));
        for (; lines < -128; lines += 128, distance = 0) TRY(pair(distance, -128));
        return pair(distance, lines);
    };
    LocationReader r = reader(code.get());
    int at = 0, line = code->firstlineno, start = 0;
    while (r.next()) {
        if (r.position.line >= 0 && r.position.line != line) {
            TRY(step(at - start, r.position.line - line));
            start = at;
            line = r.position.line;
        }
        at += r.units * 2;
    }
    return TRY(to_bytes(t, pairs.get()));
}
Result<Ref<Object>> co_branches(Thread& t, Self code) {
    Ref<List> list = TRY(list_new(t));
    const uint8_t* bytes = reinterpret_cast<const uint8_t*>(code->bytecode);
    int units = static_cast<int>(code->size);
    uint32_t extended = 0;
    for (int i = 0; i < units;) {
        uint8_t op = bytes[2 * i];
        uint32_t arg = bytes[2 * i + 1] | extended << 8;
        extended = op == 69 ? arg : 0;
        bool conditional = op >= 100 && op <= 103;
        if (conditional || op == 70) {
            int next = i + 2;
            int fall = conditional && next < units && bytes[2 * next] == 28 ? next + 1 : next;
            int jump = next + static_cast<int>(arg) + (conditional ? 0 : 2); // a loop goes on after END_FOR and POP_ITER
            Ref<Int> a = TRY(int_from(t, i * 2)), b = TRY(int_from(t, fall * 2)), c = TRY(int_from(t, jump * 2));
            Ref<Tuple> entry = TRY(tuple_pack(t, a, b, c));
            TRY(list_append(t, list, std::move(entry)));
        }
        if (op == 68) {
            int source = i + 1 - static_cast<int>(arg);
            Ref<Int> a = TRY(int_from(t, source * 2)), b = TRY(int_from(t, (source + 2) * 2)), c = TRY(int_from(t, (i + 1) * 2));
            Ref<Tuple> entry = TRY(tuple_pack(t, a, b, c));
            TRY(list_append(t, list, std::move(entry)));
        }
        ++i;
        while (i < units && bytes[2 * i] == 0) ++i; // cache units
    }
    return make_iterator(t, list);
}
Result<Ref<Object>> varname_from_oparg(Thread& t, Self code, int index) {
    if (index < 0 || index >= code->nlocalsplus) return raise(t, exc::IndexError, "tuple index out of range");
    return Ref<Object>::acquire(code->localsplusnames->items[index]);
}

Result<Ref<Str>> code_repr(Thread& t, Self c) {
    return str_format(t, "<code object %s at %p, file \"%s\", line %d>", c->name, static_cast<const void*>(c.get()), c->filename,
                      c->firstlineno ? c->firstlineno : -1);
}

/// Constants compare with their types, so that 0, 0.0 and False differ.
Result<Ref<Object>> constant_key(Thread& t, Borrowed<Object> c) {
    TRY(check_recursion(t, " during compilation"));
    Object* o = c.get();
    if (is_exact<Tuple>(o)) {
        Ref<Tuple> keys = TRY(tuple_alloc(t, static_cast<Tuple*>(o)->size));
        for (intptr_t i = 0; i < keys->size; ++i) keys->items[i] = None();
        for (intptr_t i = 0; i < keys->size; ++i) keys->items[i] = TRY(constant_key(t, static_cast<Tuple*>(o)->items[i])).release();
        tuple_finish(keys.get());
        return TRY(tuple_pack(t, keys, c));
    }
    if (is_exact<Float>(o) || is_exact<Complex>(o)) { // signed zeros differ
        Ref<Str> text = TRY(repr(t, c));
        return TRY(tuple_pack(t, Borrowed<Object>(o->type), text));
    }
    return TRY(tuple_pack(t, Borrowed<Object>(o->type), c));
}
Result<Ref<Object>> code_compare(Thread& t, Self a, Borrowed<Object> other, Comparison op) {
    if ((op != Comparison::Eq && op != Comparison::Ne) || !is_exact<Code>(other.get())) return not_implemented_ref();
    Code *x = a.get(), *y = static_cast<Code*>(other.get());
    auto same = [&]() -> Result<bool> {
        if (x == y) return true;
        if (x->argcount != y->argcount || x->posonlyargcount != y->posonlyargcount || x->kwonlyargcount != y->kwonlyargcount ||
            x->flags != y->flags || x->firstlineno != y->firstlineno || x->bytecode_view() != y->bytecode_view() ||
            x->linetable->view() != y->linetable->view() || x->exception_table->view() != y->exception_table->view() ||
            !str_equal(x->name, y->name))
            return false;
        Ref<Object> k1 = TRY(constant_key(t, x->consts)), k2 = TRY(constant_key(t, y->consts));
        if (!TRY(equals(t, k1, k2))) return false;
        if (!TRY(equals(t, x->names, y->names))) return false;
        return equals(t, x->localsplusnames, y->localsplusnames);
    };
    bool equal = TRY(same());
    return bool_ref(equal == (op == Comparison::Eq));
}
Result<intptr_t> code_hash(Thread& t, Self c) {
    uint64_t h = 0;
    auto mix = [&](int64_t v) { h = (h ^ static_cast<uint64_t>(v)) * 1000003u; };
    mix(str_hash(c->name));
    mix(TRY(hash(t, c->names)));
    mix(TRY(hash(t, c->localsplusnames)));
    for (char byte : c->bytecode_view()) mix(byte);
    mix(c->argcount);
    mix(c->posonlyargcount);
    mix(c->kwonlyargcount);
    mix(c->firstlineno);
    mix(c->flags);
    intptr_t result = static_cast<intptr_t>(h);
    return result == -1 ? -2 : result;
}

Result<Ref<Tuple>> as_name_tuple(Thread& t, Borrowed<Tuple> names) {
    for (Object* name : *names.get())
        if (!is<Str>(name)) return raise(t, exc::TypeError, "name tuples must contain only strings, not '%T'", name);
    return to_tuple(t, names);
}
/// Splits varnames, cellvars and freevars into the combined tables.
Result<void> combine_locals(Thread& t, Borrowed<Tuple> varnames, Borrowed<Tuple> cellvars, Borrowed<Tuple> freevars, int argcount,
                            int posonly, int kwonly, int flags, MaybeRef<Object>* names_out, MaybeRef<Object>* kinds_out) {
    Ref<List> names = TRY(list_new(t));
    intptr_t count = varnames->size;
    uint8_t kinds[1024];
    auto push = [&](Object* name, uint8_t kind) -> Result<void> {
        intptr_t n = names->size;
        if (n >= 1024) return raise(t, exc::OverflowError, "too many local variables");
        kinds[n] = kind;
        return list_append(t, names, Ref<Object>::acquire(name));
    };
    int total = argcount + kwonly;
    for (intptr_t i = 0; i < count; ++i) {
        uint8_t kind = local_kind::Local;
        if (i < posonly) kind |= local_kind::ArgPositional;
        else if (i < argcount) kind |= local_kind::ArgPositional | local_kind::ArgKeyword;
        else if (i < total) kind |= local_kind::ArgKeyword;
        else if (i < total + ((flags & code_flag::VarArgs) != 0)) kind |= local_kind::ArgVariable | local_kind::ArgPositional;
        else if (i < total + ((flags & code_flag::VarArgs) != 0) + ((flags & code_flag::VarKeywords) != 0))
            kind |= local_kind::ArgVariable | local_kind::ArgKeyword;
        TRY(push(varnames->items[i], kind));
    }
    for (Object* cell : *cellvars.get()) {
        bool found = false;
        for (intptr_t i = 0; i < count && !found; ++i)
            if (str_equal(static_cast<Str*>(varnames->items[i]), static_cast<Str*>(cell))) {
                kinds[i] |= local_kind::Cell;
                found = true;
            }
        if (!found) TRY(push(cell, local_kind::Cell));
    }
    for (Object* free : *freevars.get()) TRY(push(free, local_kind::Free));
    *names_out = TRY(list_to_tuple(t, names));
    *kinds_out = TRY(bytes_from(t, {reinterpret_cast<char*>(kinds), static_cast<size_t>(static_cast<Tuple*>(names_out->get())->size)}));
    return {};
}

Result<Ref<Object>> code_construct(Thread& t, Borrowed<Type>, int argcount, int posonlyargcount, int kwonlyargcount, int nlocals,
                                   int stacksize, int flags, Borrowed<Bytes> codestring, Borrowed<Tuple> constants, Borrowed<Tuple> names,
                                   Borrowed<Tuple> varnames, Borrowed<Str> filename, Borrowed<Str> name, Borrowed<Str> qualname,
                                   int firstlineno, Borrowed<Bytes> linetable, Borrowed<Bytes> exceptiontable,
                                   MaybeBorrowed<Tuple> freevars, MaybeBorrowed<Tuple> cellvars) {
    if (argcount < 0) return raise(t, exc::ValueError, "code: argcount must not be negative");
    if (posonlyargcount < 0) return raise(t, exc::ValueError, "code: posonlyargcount must not be negative");
    if (kwonlyargcount < 0) return raise(t, exc::ValueError, "code: kwonlyargcount must not be negative");
    if (nlocals < 0) return raise(t, exc::ValueError, "code: nlocals must not be negative");
    if (nlocals != varnames->size) return raise(t, exc::ValueError, "code: co_nlocals != len(co_varnames)");
    Ref<Tuple> empty = tuple_empty();
    Ref<Tuple> name_tuple = TRY(as_name_tuple(t, names));
    Ref<Tuple> variables = TRY(as_name_tuple(t, varnames));
    Ref<Tuple> free = freevars ? TRY(as_name_tuple(t, freevars.value())) : tuple_empty();
    Ref<Tuple> cells = cellvars ? TRY(as_name_tuple(t, cellvars.value())) : tuple_empty();
    MaybeRef<Object> all_names, kinds;
    TRY(combine_locals(t, variables, cells, free, argcount, posonlyargcount, kwonlyargcount, flags, &all_names, &kinds));
    Ref<Tuple> own_constants = TRY(tuple_from_array(t, constants->items, constants->size));
    CodeFields f{argcount,
                 posonlyargcount,
                 kwonlyargcount,
                 stacksize,
                 flags,
                 firstlineno,
                 codestring->view(),
                 own_constants.get(),
                 name_tuple.get(),
                 static_cast<Tuple*>(all_names.get()),
                 static_cast<Bytes*>(kinds.get()),
                 filename.get(),
                 name.get(),
                 qualname.get(),
                 linetable.get(),
                 exceptiontable.get()};
    return TRY(code_new(t, f));
}

Result<Ref<Object>> code_replace(Thread& t, Self c, Args args, Kwargs changes) {
    if (args.size()) return raise(t, exc::TypeError, "replace() takes no positional arguments");
    Dict* dict = changes.dict;
    auto given = [&](const char* name) -> ResultMaybe<Object> {
        if (!dict) return MaybeRef<Object>();
        return dict_get_ascii(t, dict, name);
    };
    static constexpr const char* known[] = {"co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_nlocals",  "co_stacksize",
                                            "co_flags",    "co_firstlineno",     "co_code",           "co_consts",   "co_names",
                                            "co_varnames", "co_freevars",        "co_cellvars",       "co_filename", "co_name",
                                            "co_qualname", "co_linetable",       "co_exceptiontable"};
    if (dict) {
        intptr_t position = 0;
        MaybeRef<Object> key, value;
        while (dict_next(t, dict, &position, &key, &value)) {
            bool ok = false;
            for (const char* name : known) ok = ok || (is<Str>(key.get()) && str_equals_ascii(static_cast<Str*>(key.get()), name));
            if (ok) continue;
            const char* near = nullptr;
            if (is<Str>(key.get())) {
                base::NearestName nearest(TRY(str_utf8(t, static_cast<Str*>(key.get()))));
                for (const char* name : known)
                    if (nearest.offer(name)) near = name;
            }
            if (near) return raise(t, exc::TypeError, "replace() got an unexpected keyword argument '%s'. Did you mean '%s'?", key, near);
            return raise(t, exc::TypeError, "replace() got an unexpected keyword argument '%s'", key);
        }
    }
    auto number = [&](const char* name, int current) -> Result<int> {
        MaybeRef<Object> value = TRY(given(name));
        if (!value) return current;
        return to_int32(t, value.get());
    };
    auto object = [&](const char* name, Object* current, Type& type) -> Result<Ref<Object>> {
        MaybeRef<Object> value = TRY(given(name));
        if (!value) return acquire(current);
        if (!is_subtype(value->type, &type))
            return raise(t, exc::TypeError, "replace() argument '%s' must be %N, not %T", name, &type, value);
        return value.take();
    };
    int argcount = TRY(number("co_argcount", c->argcount)), posonly = TRY(number("co_posonlyargcount", c->posonlyargcount));
    int kwonly = TRY(number("co_kwonlyargcount", c->kwonlyargcount)), nlocals = TRY(number("co_nlocals", c->nlocals));
    int stacksize = TRY(number("co_stacksize", c->stacksize)), flags = TRY(number("co_flags", c->flags)),
        first = TRY(number("co_firstlineno", c->firstlineno));
    Ref<Bytes> current_code = TRY(code_bytes(t, c));
    Ref<Object> code = TRY(object("co_code", current_code.get(), Bytes::s_type)),
                consts = TRY(object("co_consts", c->consts, Tuple::s_type));
    Ref<Object> names = TRY(object("co_names", c->names, Tuple::s_type));
    Ref<Tuple> current_varnames = TRY(get_varnames(t, c)), current_free = TRY(get_freevars(t, c)), current_cells = TRY(get_cellvars(t, c));
    Ref<Object> varnames = TRY(object("co_varnames", current_varnames.get(), Tuple::s_type)),
                freevars = TRY(object("co_freevars", current_free.get(), Tuple::s_type));
    Ref<Object> cellvars = TRY(object("co_cellvars", current_cells.get(), Tuple::s_type)),
                filename = TRY(object("co_filename", c->filename, Str::s_type));
    Ref<Object> name = TRY(object("co_name", c->name, Str::s_type)), qualname = TRY(object("co_qualname", c->qualname, Str::s_type));
    Ref<Object> lines = TRY(object("co_linetable", c->linetable, Bytes::s_type)),
                exceptions = TRY(object("co_exceptiontable", c->exception_table, Bytes::s_type));
    return code_construct(t, &Code::s_type, argcount, posonly, kwonly, nlocals, stacksize, flags, as<Bytes>(code.get()),
                          as<Tuple>(consts.get()), as<Tuple>(names.get()), as<Tuple>(varnames.get()), as<Str>(filename.get()),
                          as<Str>(name.get()), as<Str>(qualname.get()), first, as<Bytes>(lines.get()), as<Bytes>(exceptions.get()),
                          as<Tuple>(freevars.get()), as<Tuple>(cellvars.get()));
}
Result<intptr_t> code_sizeof(Thread&, Self c) { return Code::s_type.basicsize + c->size * Code::s_type.itemsize; }

using CodeReferences = Fields<Code, &Code::consts, &Code::names, &Code::exception_table, &Code::localsplusnames, &Code::localspluskinds,
                              &Code::filename, &Code::name, &Code::qualname, &Code::linetable, &Code::code_bytes>;
void code_dealloc(Object* o) {
    Code* code = static_cast<Code*>(o);
    gc_untrack(o);
    if (code->weaklist) clear_weakrefs(o);
    if (code->extra) code_extra_release(code);
    code_release_quickened(code);
    CodeReferences::release(code);
    g_code_deaths.fetch_add(1, std::memory_order_release);
    o->type->free(o);
}

const SlotDef slots[] = {
    raw_slot(SlotId::tp_dealloc, code_dealloc),
    CodeReferences::traverse_slot(),
    unary_slot<SlotId::tp_repr, code_repr>(),
    compare_slot<SlotId::tp_richcompare, code_compare>(),
    size_slot<SlotId::tp_hash, code_hash>(),
    typed_new<code_construct, "code",
              "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, "
              "name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)">(),
};
const NativeDef methods[] = {
    method<co_lines>("co_lines", "($self, /)"),
    method<co_positions>("co_positions", "($self, /)"),
    method<co_branches>("co_branches", "($self, /)"),
    method<code_replace>("replace", "($self, /, **changes)",
                         "A copy of this code object in which the fields given as keywords are different."),
    method<code_replace>("__replace__", "($self, /, **changes)", "The same as replace()."),
    method<varname_from_oparg>("_varname_from_oparg", "($self, /, oparg)",
                               "(internal-only) The name of the local variable that oparg stands for in this code object."),
    method<code_sizeof>("__sizeof__", "($self, /)"),
};
const GetSetDef getset[] = {
    getter<get_varnames>("co_varnames"), getter<get_cellvars>("co_cellvars"),   getter<get_freevars>("co_freevars"),
    getter<get_code>("co_code"),         getter<get_code>("_co_code_adaptive"), getter<get_lnotab>("co_lnotab"),
};
#define CODE_INT(field) {"co_" #field, member_type::Int, offsetof(Code, field), member_flag::ReadOnly, nullptr}
#define CODE_OBJECT(name, field) {name, member_type::ObjectOrNone, offsetof(Code, field), member_flag::ReadOnly, nullptr}
const MemberDef members[] = {
    CODE_INT(argcount),
    CODE_INT(posonlyargcount),
    CODE_INT(kwonlyargcount),
    CODE_INT(stacksize),
    CODE_INT(flags),
    CODE_INT(nlocals),
    CODE_INT(firstlineno),
    CODE_OBJECT("co_names", names),
    CODE_OBJECT("co_consts", consts),
    CODE_OBJECT("co_filename", filename),
    CODE_OBJECT("co_name", name),
    CODE_OBJECT("co_qualname", qualname),
    CODE_OBJECT("co_linetable", linetable),
    CODE_OBJECT("co_exceptiontable", exception_table),
};

} // namespace

constinit Type Code::s_type{};
constinit std::atomic<uint64_t> g_code_deaths{0};
extern const TypeSpec code_spec;
const TypeSpec code_spec = {.type = &Code::s_type,
                            .name = "code",
                            .basicsize = offsetof(Code, bytecode),
                            .itemsize = 2,
                            .flags = type_flag::Gc,
                            .doc = "Create a code object.  Not for mere mortals.",
                            .signature =
                                "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, "
                                "varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)",
                            .slots = slots,
                            .methods = methods,
                            .getset = getset,
                            .members = members,
                            .weaklist_offset = offsetof(Code, weaklist)};

} // namespace taipan
