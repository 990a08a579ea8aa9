// How values go from one interpreter to another (PEP 734): an object is taken apart into a `Parcel`, which holds nothing
// that belongs to its interpreter but immutable values and memory that a view keeps alive, and is made anew on the other
// side. What is not shareable by itself goes by its code (functions without state) or pickled, if the caller allows it.
#pragma once

#include "objects/abstract.h"
#include "objects/dict.h"
#include "objects/module.h"
#include "objects/simple_namespace.h"

#include <memory>
#include <string>

namespace taipan::crossing {

/// What an interpreter knows for the three modules; kept in its InterpreterStates.
struct State {
    Type *error, *not_found, *not_shareable; // concurrent.interpreters.InterpreterError …
    Type *queue_error, *queue_not_found;     // QueueError, QueueNotFoundError
    Type *queue, *queue_empty, *queue_full;  // registered by concurrent.interpreters._queues
    Type *send_end, *recv_end;               // registered by test.support.channels
    Object* fake_main;                       // another interpreter's __main__, run here for what was pickled by name
};
Result<State*> state_of(Thread& t);
/// Drops what the state holds, at the interpreter's end, and what its queues and channels have from it.
void interpreter_ends(Thread& t);
/// After fork, in the child: nobody holds the registries' locks.
void after_fork();

struct Parcel {
    virtual ~Parcel() = default;
    /// The object, in the thread's interpreter.
    virtual Result<Ref<Object>> unpack(Thread& t) = 0;
};
using ParcelRef = std::unique_ptr<Parcel>;

/// The modules' numbers: Fallback of create() and put().
enum class Fallback : int { None = 0, Full = 1 };

/// Null: an exception has been raised.
ParcelRef pack(Thread& t, Borrowed<Object> object, Fallback fallback);
/// For something to call: functions without state by their code, the rest as `pack`.
ParcelRef pack_callable(Thread& t, Borrowed<Object> callable);
/// A parcel of another module's kind: a queue's or a channel end's.
ParcelRef pack_queue(Thread& t, Borrowed<Object> queue);
ParcelRef pack_channel(Thread& t, Borrowed<Object> end, bool* is_end);
/// The memory of an object that has the buffer protocol.
ParcelRef pack_buffer(Thread& t, Borrowed<Object> object);
/// Whether `pack` without fallback takes it.
bool is_shareable(Thread& t, Borrowed<Object> object);

/// The code of a script: text, bytes, a function or a code object. Errors say why it is none.
Result<Ref<Object>> script_code(Thread& t, Borrowed<Object> script);

/// What is told of an exception that ended something in another interpreter. The texts are strs or null.
struct Snapshot {
    MaybeRef<Object> type_name, type_qualname, type_module, message, formatted, display;
    /// Of an exception of this interpreter; what fails is left out.
    static Snapshot of(Thread& t, Borrowed<Object> exception);
    Result<Ref<Object>> to_namespace(Thread& t) const;
};
/// Raises `type(text)` with `cause`.
Error raise_with_cause(Thread& t, Type& type, Borrowed<Object> text, MaybeRef<Object> cause);

/// The number of an interpreter or queue: "`what` must be an int, got T".
Result<int64_t> id_argument(Thread& t, Borrowed<Object> id, const char* what);

/// What the interpreters of the process name by number; an `Item` has an `id` and a `next`. The lock is held for list work
/// only, never while Python may run.
template <class Item> struct Registry {
    Mutex lock;
    Item* first = nullptr; // guarded by `lock`, as what follows
    int64_t next_id = 0;

    Item* find(int64_t id) {
        for (Item* item = first; item; item = item->next)
            if (item->id == id) return item;
        return nullptr;
    }
    /// Gives it the next number and appends it.
    void add(Item* item) {
        item->id = next_id++;
        Item** link = &first;
        while (*link) link = &(*link)->next;
        *link = item;
    }
    /// Takes it out of the list; the caller deletes it without the lock.
    void unlink(Item* item) {
        Item** link = &first;
        while (*link != item) link = &(*link)->next;
        *link = item->next;
    }
};

// The queues' and channels' parts of `interpreter_ends` and `after_fork`.
void queues_interpreter_ends(int64_t interpreter);
void queues_after_fork();
void channels_interpreter_ends(int64_t interpreter);
void channels_after_fork();

extern const TypeSpec buffer_view_spec;

} // namespace taipan::crossing
