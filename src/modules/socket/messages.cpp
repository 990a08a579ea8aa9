// sendmsg, recvmsg and ancillary data.
#include "base/small_buffer.h"
#include "modules/socket/socket.h"
#include "objects/list.h"
#include "objects/tuple.h"

#include <climits>
#include <linux/if_alg.h>
#include <new>
#include <sys/uio.h>

namespace taipan::sockets {
namespace {

constexpr size_t NoLength = SIZE_MAX;
/// CMSG_LEN and CMSG_SPACE of a length from outside; NoLength: out of range.
size_t message_length(intptr_t size) {
    return size < 0 || size > INT_MAX - static_cast<intptr_t>(CMSG_LEN(0)) ? NoLength : CMSG_LEN(static_cast<size_t>(size));
}
size_t message_space(intptr_t size) {
    return size < 0 || size > INT_MAX - static_cast<intptr_t>(CMSG_SPACE(1)) ? NoLength : CMSG_SPACE(static_cast<size_t>(size));
}

/// Memory of the views of a sequence of buffers.
struct Vectors {
    base::SmallBuffer<iovec, 16> parts;
    BufferView* views = nullptr;
    size_t count = 0;
    ~Vectors() { delete[] views; }
};
Result<void> gather(Thread& t, Borrowed<Object> buffers, const char* function, bool writable, Vectors* out) {
    Ref<Str> message = TRY(str_format(t, "%s() argument 1 must be an iterable", function));
    Ref<Object> fast = TRY(to_fast_sequence(t, buffers, TRY(str_utf8(t, message)).data()));
    Ref<Tuple> items = TRY(to_tuple(t, fast));
    if (items->size > IOV_MAX) return raise(t, exc::OSError, "%s() argument 1 is too long", function);
    out->views = new (std::nothrow) BufferView[static_cast<size_t>(items->size)];
    if (!out->views) return raise_memory_error(t);
    for (Object* item : *items.get()) {
        BufferView& view = out->views[out->count++];
        if (view.acquire(t, item, writable).is_error()) {
            if (!writable) return Error{};
            t.clear_exception();
            return raise(t, exc::TypeError, "%s() argument 1 must be an iterable of single-segment read-write buffers", function);
        }
        out->parts.push({view.buffer().buf, view.size()});
    }
    if (out->parts.failed()) return raise_memory_error(t);
    return {};
}

/// A control message's data, as far as the buffer holds it; false: broken.
bool message_data(const msghdr& message, const cmsghdr* header, size_t* size) {
    auto* end = static_cast<const char*>(message.msg_control) + message.msg_controllen;
    auto* data = reinterpret_cast<const char*>(CMSG_DATA(header));
    if (reinterpret_cast<const char*>(header) + sizeof *header > end || header->cmsg_len < CMSG_LEN(0) || data > end) return false;
    *size = header->cmsg_len - CMSG_LEN(0);
    auto room = static_cast<size_t>(end - data);
    if (*size <= room) return true;
    *size = room;
    return false;
}
Result<Ref<Object>> receive(Thread& t, Socket* self, iovec* parts, size_t count, Size ancillary, int flags, Address* address,
                            msghdr* message, ssize_t* received) {
    base::SmallBuffer<uint64_t, 64> control; // aligned for the headers
    if (ancillary < 0 || ancillary > UINT_MAX) return raise(t, exc::ValueError, "invalid ancillary data buffer length");
    if (ancillary > 0 && !control.resize((static_cast<size_t>(ancillary.value) + 7) / 8)) return raise_memory_error(t);
    *received = TRY(transfer(t, self, POLLIN, [&] {
        address->expect();
        *message = {};
        message->msg_name = address->get();
        message->msg_namelen = address->length;
        message->msg_iov = parts;
        message->msg_iovlen = count;
        message->msg_control = ancillary > 0 ? control.data() : nullptr;
        message->msg_controllen = static_cast<size_t>(ancillary.value);
        return ::recvmsg(self->fd, message, flags | MSG_CMSG_CLOEXEC);
    }));
    address->length = message->msg_namelen;
    message->msg_flags &= ~MSG_CMSG_CLOEXEC;
    Ref<List> list = TRY(list_new(t));
    if (message->msg_controllen < sizeof(cmsghdr)) return list;
    for (cmsghdr* header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
        size_t size = 0;
        bool whole = message_data(*message, header, &size);
        if (!whole) TRY(warn(t, exc::RuntimeWarning, 1, "received malformed or improperly-truncated ancillary data"));
        Ref<Int> level = TRY(int_from(t, header->cmsg_level)), kind = TRY(int_from(t, header->cmsg_type));
        Ref<Bytes> data = TRY(bytes_from(t, {reinterpret_cast<char*>(CMSG_DATA(header)), size}));
        TRY(list_append(t, list, TRY(tuple_pack(t, level, kind, data))));
        if (!whole) break;
    }
    return list;
}

struct Ancillary {
    base::SmallBuffer<char, 512> bytes;
};
Result<void> add_message(Thread& t, Ancillary& out, int level, int kind, std::string_view data) {
    size_t space = message_space(static_cast<intptr_t>(data.size())), at = out.bytes.size();
    if (space == NoLength) return raise(t, exc::OSError, "ancillary data item too large");
    if (at + space > INT_MAX) return raise(t, exc::OSError, "too much ancillary data");
    if (!out.bytes.resize(at + space)) return raise_memory_error(t);
    memset(out.bytes.data() + at, 0, space);
    cmsghdr header{};
    header.cmsg_level = level;
    header.cmsg_type = kind;
    header.cmsg_len = CMSG_LEN(data.size());
    memcpy(out.bytes.data() + at, &header, sizeof header);
    memcpy(out.bytes.data() + at + CMSG_LEN(0), data.data(), data.size());
    return {};
}
Result<int64_t> send_message(Thread& t, Socket* self, Vectors& vectors, Ancillary& control, int flags, Address* address) {
    msghdr message{};
    if (address) {
        message.msg_name = address->get();
        message.msg_namelen = address->length;
    }
    message.msg_iov = vectors.parts.data();
    message.msg_iovlen = vectors.parts.size();
    if (control.bytes.size()) {
        message.msg_control = control.bytes.data();
        message.msg_controllen = control.bytes.size();
    }
    return int64_t{TRY(transfer(t, self, POLLOUT, [&] { return ::sendmsg(self->fd, &message, flags); }))};
}

Result<int64_t> cmsg_len(Thread& t, Size length) {
    size_t result = message_length(length);
    if (result == NoLength) return raise(t, exc::OverflowError, "CMSG_LEN() argument out of range");
    return static_cast<int64_t>(result);
}
Result<int64_t> cmsg_space(Thread& t, Size length) {
    size_t result = message_space(length);
    if (result == NoLength) return raise(t, exc::OverflowError, "CMSG_SPACE() argument out of range");
    return static_cast<int64_t>(result);
}
const NativeDef functions[] = {
    fn<cmsg_len>(
        "CMSG_LEN", "(length, /)",
        "CMSG_LEN(length) -> control message length\n\nThe length of a control message with that much data, without padding behind it."),
    fn<cmsg_space>(
        "CMSG_SPACE", "(length, /)",
        "CMSG_SPACE(length) -> buffer size\n\nThe room that recvmsg() needs for a control message with that much data, padding included.")};

} // namespace

Result<Ref<Object>> recvmsg(Thread& t, Borrowed<Socket> self, Size size, Size ancillary, int flags) {
    if (size < 0) return raise(t, exc::ValueError, "negative buffer size in recvmsg()");
    Ref<Bytes> bytes = TRY(bytes_alloc(t, size));
    iovec part{bytes->data, static_cast<size_t>(size.value)};
    Address address;
    msghdr message;
    ssize_t received;
    Ref<Object> list = TRY(receive(t, self.get(), &part, 1, ancillary, flags, &address, &message, &received));
    Ref<Bytes> data = received == size ? std::move(bytes) : TRY(bytes_from(t, {bytes->data, static_cast<size_t>(received)}));
    Ref<Int> out_flags = TRY(int_from(t, message.msg_flags));
    Ref<Object> from = TRY(address_object(t, address, self->fd, self->protocol));
    return tuple_pack(t, data, list, out_flags, from);
}
Result<Ref<Object>> recvmsg_into(Thread& t, Borrowed<Socket> self, Borrowed<Object> buffers, Size ancillary, int flags) {
    Vectors vectors;
    TRY(gather(t, buffers, "recvmsg_into", true, &vectors));
    Address address;
    msghdr message;
    ssize_t received;
    Ref<Object> list =
        TRY(receive(t, self.get(), vectors.parts.data(), vectors.parts.size(), ancillary, flags, &address, &message, &received));
    Ref<Int> count = TRY(int_from(t, received)), out_flags = TRY(int_from(t, message.msg_flags));
    Ref<Object> from = TRY(address_object(t, address, self->fd, self->protocol));
    return tuple_pack(t, count, list, out_flags, from);
}
Result<int64_t> sendmsg(Thread& t, Borrowed<Socket> self, Borrowed<Object> buffers, MaybeBorrowed<Object> ancillary, int flags,
                        NoneOr<Object> address_object_) {
    Address address;
    if (address_object_) TRY(parse_address(t, self.get(), address_object_.value(), "sendmsg", &address));
    Vectors vectors;
    TRY(gather(t, buffers, "sendmsg", false, &vectors));
    Ancillary control;
    if (ancillary) {
        Ref<Object> fast = TRY(to_fast_sequence(t, ancillary.value(), "sendmsg() argument 2 must be an iterable"));
        Ref<Tuple> items = TRY(to_tuple(t, fast));
        for (Object* item : *items.get()) {
            auto* tuple = try_as<Tuple>(item);
            if (!tuple) return raise(t, exc::TypeError, "[sendmsg() ancillary data items]() argument must be 3-item tuple, not %T", item);
            if (tuple->size != 3)
                return raise(t, exc::TypeError, "[sendmsg() ancillary data items]() argument must be tuple of length 3, not %d",
                             tuple->size);
            int level = TRY(to_int32(t, tuple->items[0])), kind = TRY(to_int32(t, tuple->items[1]));
            BufferView data;
            TRY(data.acquire(t, tuple->items[2]));
            TRY(add_message(t, control, level, kind, data.view()));
        }
    }
    return send_message(t, self.get(), vectors, control, flags, address_object_ ? &address : nullptr);
}
Result<int64_t> sendmsg_afalg(Thread& t, Borrowed<Socket> self, MaybeBorrowed<Object> buffers, MaybeBorrowed<Object> operation,
                              MaybeBorrowed<Object> vector, MaybeBorrowed<Object> associated_length, int flags) {
    if (self->family != AF_ALG) return raise(t, exc::OSError, "algset is only supported for AF_ALG");
    int number = operation && !is_none(operation.get()) ? TRY(to_int32(t, operation.value())) : -1;
    if (number < 0) return raise(t, exc::TypeError, "Invalid or missing argument 'op'");
    Ancillary control;
    TRY(add_message(t, control, SOL_ALG, ALG_SET_OP, {reinterpret_cast<char*>(&number), sizeof number}));
    if (vector && !is_none(vector.get())) {
        BufferView view;
        TRY(view.acquire(t, vector.get()));
        auto size = static_cast<uint32_t>(view.size());
        base::SmallBuffer<char, 64> packed;
        if (!packed.resize(sizeof size + view.size())) return raise_memory_error(t);
        memcpy(packed.data(), &size, sizeof size);
        memcpy(packed.data() + sizeof size, view.data(), view.size());
        TRY(add_message(t, control, SOL_ALG, ALG_SET_IV, {packed.data(), packed.size()}));
    }
    if (associated_length && !is_none(associated_length.get())) {
        int length = TRY(to_int32(t, associated_length.value()));
        if (length < 0) return raise(t, exc::TypeError, "assoclen must be positive");
        TRY(add_message(t, control, SOL_ALG, ALG_SET_AEAD_ASSOCLEN, {reinterpret_cast<char*>(&length), sizeof length}));
    }
    Vectors vectors;
    if (buffers && !is_none(buffers.get())) TRY(gather(t, buffers.value(), "sendmsg_afalg", false, &vectors));
    return send_message(t, self.get(), vectors, control, flags, nullptr);
}
std::span<const NativeDef> message_functions() { return functions; }

} // namespace taipan::sockets
