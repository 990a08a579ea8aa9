// The data stack and the life of frames.
#include "vm/frame.h"

#include "objects/exceptions.h"
#include "vm/frame_object.h"

namespace taipan {

namespace {
/// The data stack grows in chunks; each begins with this header.
struct Chunk {
    Chunk* previous;
    uintptr_t* saved_top; // of the previous chunk
    uintptr_t* saved_limit;
    size_t size; // bytes
};
constexpr size_t ChunkBytes = 64 * 1024;
} // namespace

Frame* push_frame_memory_slow(Thread& t, size_t words) {
    size_t bytes = sizeof(Chunk) + words * sizeof(uintptr_t);
    if (bytes < ChunkBytes) bytes = ChunkBytes;
    Chunk* chunk = static_cast<Chunk*>(raw_alloc(bytes));
    if (!chunk) {
        (void)raise_memory_error(t);
        return nullptr;
    }
    *chunk = {static_cast<Chunk*>(t.data_stack_chunk), t.data_stack_top, t.data_stack_limit, bytes};
    t.data_stack_chunk = chunk;
    uintptr_t* base = reinterpret_cast<uintptr_t*>(chunk + 1);
    t.data_stack_top = base + words;
    t.data_stack_limit = reinterpret_cast<uintptr_t*>(reinterpret_cast<char*>(chunk) + bytes);
    Frame* frame = reinterpret_cast<Frame*>(base);
    frame->slow = frame_slow::ChunkStart;
    return frame;
}

void pop_frame_chunk(Thread& t, Frame*) {
    Chunk* chunk = static_cast<Chunk*>(t.data_stack_chunk);
    if (!chunk->previous) { // the first chunk stays for the next frame
        t.data_stack_top = reinterpret_cast<uintptr_t*>(chunk + 1);
        return;
    }
    t.data_stack_top = chunk->saved_top;
    t.data_stack_limit = chunk->saved_limit;
    t.data_stack_chunk = chunk->previous;
    raw_free(chunk);
}

void data_stack_destroy(Thread& t) {
    while (Chunk* chunk = static_cast<Chunk*>(t.data_stack_chunk)) {
        t.data_stack_chunk = chunk->previous;
        raw_free(chunk);
    }
    t.data_stack_top = t.data_stack_limit = nullptr;
}

Frame* frame_push(Thread& t, Word function_word) {
    Function* function = static_cast<Function*>(function_word.object());
    Code* code = function->code;
    if (UNLIKELY(t.recursion_depth >= t.recursion_limit)) {
        function_word.close();
        (void)raise_recursion_error(t, "");
        return nullptr;
    }
    QuickenedCode* quickened = quicken(t, code);
    Frame* frame = quickened ? push_frame_memory(t, frame_words(code)) : nullptr;
    if (UNLIKELY(!frame)) {
        function_word.close();
        if (!t.has_exception()) (void)raise_memory_error(t);
        return nullptr;
    }
    frame_init(t, frame, t.frame, function_word, code, quickened);
    for (int i = 0; i < code->nlocalsplus; ++i) frame->locals[i] = Word::null();
    return frame;
}

void frame_pop(Thread& t, Frame* frame) {
    // The stack above the locals first, then the locals; anything may run while they go.
    Word* base = frame->stack_base();
    while (frame->sp > base) {
        Word w = *--frame->sp;
        w.xclose();
    }
    if (frame->frame_object) {
        frame_object_take_over(t, frame);
    } else {
        for (int i = frame->code()->nlocalsplus; i-- > 0;) {
            Word w = std::exchange(frame->locals[i], Word::null());
            w.xclose();
        }
    }
    if (frame->frame_object) { // made while locals went away
        frame_object_take_over(t, frame);
    }
    xdecref(frame->f_locals);
    t.frame = frame->previous;
    --t.recursion_depth;
    Word function = frame->function, code = frame->code_word;
    if (frame->owner == static_cast<uint8_t>(FrameOwner::Thread)) {
        Chunk* chunk = static_cast<Chunk*>(t.data_stack_chunk);
        if (reinterpret_cast<void*>(frame) == chunk + 1) pop_frame_chunk(t, frame);
        else t.data_stack_top = reinterpret_cast<uintptr_t*>(frame);
    }
    code.close();
    function.close();
}

bool frame_is_incomplete(Frame* frame) {
    // Before RESUME the cells may not exist yet; a generator that has not started has them.
    return frame->owner != static_cast<uint8_t>(FrameOwner::Generator) && frame->pc < frame->insns + frame->code()->first_traceable;
}

Frame* current_frame(Thread& t) {
    Frame* f = t.frame;
    while (f && frame_is_incomplete(f)) f = f->previous;
    return f;
}

void visit_frame_words(Frame* frame, VisitFunc visit, void* context) {
    auto word = [&](Word w) {
        if (!w.is_null() && !w.is_int()) visit(w.object(), context);
    };
    word(frame->function);
    word(frame->code_word);
    if (frame->f_locals) visit(frame->f_locals, context);
    if (frame->frame_object) visit(reinterpret_cast<Object*>(frame->frame_object), context);
    for (Word* w = frame->locals; w < frame->sp; ++w) word(*w);
}

} // namespace taipan
