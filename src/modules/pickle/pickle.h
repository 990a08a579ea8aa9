// _pickle: what the pickler, the unpickler and the module share. The format is that of the pickletools module; framing
// is PEP 3154's, buffers out of band PEP 574's.
#pragma once

#include "objects/bytes.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/object_memo.h"
#include "objects/type_names.h"

namespace taipan::pickle {

namespace op {
constexpr char Mark = '(', Stop = '.', Pop = '0', PopMark = '1', Dup = '2', Float = 'F', Int = 'I', BinInt = 'J', BinInt1 = 'K', Long = 'L',
               BinInt2 = 'M', None = 'N', PersId = 'P', BinPersId = 'Q', Reduce = 'R', String = 'S', BinString = 'T', ShortBinString = 'U',
               Unicode = 'V', BinUnicode = 'X', Append = 'a', Build = 'b', Global = 'c', Dict = 'd', EmptyDict = '}', Appends = 'e',
               Get = 'g', BinGet = 'h', Inst = 'i', LongBinGet = 'j', List = 'l', EmptyList = ']', Obj = 'o', Put = 'p', BinPut = 'q',
               LongBinPut = 'r', SetItem = 's', Tuple = 't', EmptyTuple = ')', SetItems = 'u', BinFloat = 'G';
// Protocol 2
constexpr char Proto = '\x80', NewObj = '\x81', Ext1 = '\x82', Ext2 = '\x83', Ext4 = '\x84', Tuple1 = '\x85', Tuple2 = '\x86',
               Tuple3 = '\x87', NewTrue = '\x88', NewFalse = '\x89', Long1 = '\x8a', Long4 = '\x8b';
// Protocol 3
constexpr char BinBytes = 'B', ShortBinBytes = 'C';
// Protocol 4
constexpr char ShortBinUnicode = '\x8c', BinUnicode8 = '\x8d', BinBytes8 = '\x8e', EmptySet = '\x8f', AddItems = '\x90', FrozenSet = '\x91',
               NewObjEx = '\x92', StackGlobal = '\x93', Memoize = '\x94', Frame = '\x95';
// Protocol 5
constexpr char ByteArray8 = '\x96', NextBuffer = '\x97', ReadOnlyBuffer = '\x98';
} // namespace op

constexpr int HighestProtocol = 5, DefaultProtocol = 5;
constexpr intptr_t FrameTarget = 64 << 10, FrameHeader = 9, FrameMinimum = 4;
constexpr intptr_t BatchSize = 1000;

/// The module's state; what is looked up in other modules is kept, as CPython keeps it.
struct State {
    Object *error, *pickling_error, *unpickling_error;
    Object *dispatch_table, *extension_registry, *inverted_registry, *extension_cache;         // copyreg's
    Object *name_mapping_2to3, *import_mapping_2to3, *name_mapping_3to2, *import_mapping_3to2; // _compat_pickle's
    Object *codecs_encode, *getattr, *partial;
    // Interned names, immortal.
    Str *persistent_id, *persistent_load, *reducer_override, *write, *read, *readinto, *readline, *peek, *append, *extend, *add;
};
/// The interpreter's _pickle module.
Result<Ref<Module>> pickle_module_of(Thread& t);

template <class... A> COLD Error raise_pickling(Thread& t, const State& state, const char* format, const A&... args) {
    return raise(t, *static_cast<Type*>(state.pickling_error), format, args...);
}
template <class... A> COLD Error raise_unpickling(Thread& t, const State& state, const char* format, const A&... args) {
    return raise(t, *static_cast<Type*>(state.unpickling_error), format, args...);
}
/// Raises PicklingError in place of the exception that is set, which becomes its context.
COLD Error replace_with_pickling(Thread& t, const State& state, Result<Ref<Str>> message);

struct Pickler : Object {
    Module* module;
    Object *write, *buffer_callback, *dispatch_table;
    Object* persistent_id_attribute;          // set on the instance
    Object *persistent_id, *reducer_override; // what the running dump calls; null: nothing to call
    Dict* fast_memo;
    ObjectMemo memo;
    uint8_t* out;
    intptr_t out_length, out_capacity, frame_start;
    int protocol, bin, fast, fast_nesting;
    bool framing, fix_imports;
    std::atomic<bool> running;
    // What was found out about classes last: whether all that their instances' reduction asks is the standard of object.
    struct {
        Type* type;
        uint32_t version;
        bool standard;
    } classes[8];

    static Type s_type;
    State& state() const { return module->state_as<State>(); }
};
struct PicklerMemoProxy : Object {
    Pickler* pickler;
    static Type s_type;
};

struct Unpickler : Object {
    Module* module;
    Object *read, *readinto, *readline, *peek, *buffers;
    Object* persistent_load_attribute;
    Object* persistent_load; // what the running load calls
    Dict* sparse_memo;       // numbers far beyond the others
    Object** memo;
    intptr_t memo_capacity, memo_count; // entries set, in the array and in the dict
    Object** stack;
    intptr_t stack_size, stack_capacity, fence;
    intptr_t* marks;
    intptr_t mark_count, mark_capacity;
    Buffer input; // what `data` points into
    const char* data;
    intptr_t data_length, next, prefetched;
    intptr_t limit; // the end of the frame that is read, or of the data
    bool in_frame;
    char *encoding, *errors; // owned copies; null: "ASCII" and "strict"
    int protocol;
    // Where memo, stack and marks are while they are small.
    Object *first_memo[24], *first_stack[24];
    intptr_t first_marks[8];
    bool fix_imports;
    std::atomic<bool> running;

    static Type s_type;
    State& state() const { return module->state_as<State>(); }
};
struct UnpicklerMemoProxy : Object {
    Unpickler* unpickler;
    static Type s_type;
};

extern const TypeSpec pickler_spec, pickler_memo_proxy_spec, unpickler_spec, unpickler_memo_proxy_spec;

// The pickler.
/// A pickler for one call of a module function: no Python object, so nobody may refer to it.
struct LocalPickler {
    Pickler pickler{};
    explicit LocalPickler(Borrowed<Module> module);
    ~LocalPickler();
};
Result<void> pickler_set_protocol(Thread& t, Pickler* self, Object* protocol, bool fix_imports);
Result<void> pickler_set_output(Thread& t, Pickler* self, Borrowed<Object> file);
Result<void> pickler_set_buffer_callback(Thread& t, Pickler* self, Object* callback);
/// Writes the whole pickle of an object to the pickler's output buffer (and what is complete to its file).
Result<void> pickler_dump(Thread& t, Pickler* self, Borrowed<Object> object);
Result<void> pickler_flush(Thread& t, Pickler* self);
/// Which object's persistent_id is the default that returns None.
bool is_default_persistent_id(const Pickler* self, const Object* method);

// The unpickler.
/// As LocalPickler.
struct LocalUnpickler {
    Unpickler unpickler{};
    explicit LocalUnpickler(Borrowed<Module> module);
    ~LocalUnpickler();
};
Result<void> unpickler_set_input(Thread& t, Unpickler* self, Borrowed<Object> data); // a bytes-like object
Result<void> unpickler_set_file(Thread& t, Unpickler* self, Borrowed<Object> file);
Result<void> unpickler_set_options(Thread& t, Unpickler* self, bool fix_imports, std::string_view encoding, std::string_view errors,
                                   Object* buffers);
Result<Ref<Object>> unpickler_load(Thread& t, Unpickler* self);
Result<Ref<Object>> find_class(Thread& t, Borrowed<Unpickler> self, Borrowed<Object> module_name, Borrowed<Object> global_name);
Result<void> unpickler_memo_put(Thread& t, Unpickler* self, intptr_t index, Borrowed<Object> value);
void unpickler_memo_clear(Unpickler* self);
/// Gives the input's buffer back.
void unpickler_drop_input(Unpickler* self);
bool is_default_persistent_load(const Unpickler* self, const Object* method);

// Used by both.
/// import name; sys.modules[name].
Result<Ref<Object>> import_by_object(Thread& t, Borrowed<Object> name);
/// Follows "a.b.c".
Result<Ref<Object>> get_dotted(Thread& t, Borrowed<Object> object, Borrowed<Str> path);
/// The same, with nothing when an attribute is missing.
ResultMaybe<Object> get_dotted_optional(Thread& t, Borrowed<Object> object, Borrowed<Str> path);
/// (module, name) in the tables of _compat_pickle: renames both in place.
Result<void> map_import(Thread& t, Object* names, Object* imports, const char* names_label, const char* imports_label, Ref<Object>* module,
                        Ref<Object>* name);

/// One user of a pickler or unpickler at a time.
class InUse {
public:
    explicit InUse(std::atomic<bool>& flag) : m_flag(flag), m_mine(!flag.exchange(true, std::memory_order_acquire)) {}
    ~InUse() {
        if (m_mine) m_flag.store(false, std::memory_order_release);
    }
    InUse(const InUse&) = delete;
    bool is_mine() const { return m_mine; }

private:
    std::atomic<bool>& m_flag;
    bool m_mine;
};

} // namespace taipan::pickle
