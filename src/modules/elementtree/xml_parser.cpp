// XMLParser: expat's events for a target. A TreeBuilder is served without calls through Python; any other target by those
// of its methods that it has. A handler that fails stops expat, and nothing is called after it.
#include "modules/elementtree/elementtree.h"

#include "modules/expat/unknown_encoding.h"
#include "objects/bytes.h"
#include "objects/int.h"

#include <cstring>

namespace taipan::elementtree {

namespace {

struct XmlParser : Object {
    XML_Parser parser; // null: __init__ has not run
    Object *target, *entity, *names;
    // The target's methods, or null.
    Object *handle_start_ns, *handle_end_ns, *handle_start, *handle_data, *handle_end, *handle_comment, *handle_pi, *handle_close,
        *handle_doctype;
    bool parsing;
    static Type s_type;
};

constexpr size_t ChunkSize = 1 << 20;

TreeBuilder* builder_of(XmlParser* self) {
    return self->target && self->target->type == &TreeBuilder::s_type ? static_cast<TreeBuilder*>(self->target) : nullptr;
}

Result<Ref<Str>> text(Thread& t, const XML_Char* from) { return str_decode_utf8(t, from); }

/// "uri}name" becomes "{uri}name"; the same object for the same name.
Result<Ref<Object>> universal_name(Thread& t, XmlParser* self, const XML_Char* name) {
    size_t length = strlen(name);
    const void* brace = memchr(name, '}', length);
    Ref<Str> made = TRY(str_decode_utf8(t, {name, length}));
    if (brace) made = TRY(str_format(t, "{%s", made.get()));
    if (!self->names) return made;
    return dict_set_default(t, static_cast<Dict*>(self->names), made, made);
}

/// `message` may be null: expat's own.
COLD Error parse_error(Thread& t, XML_Error code, int64_t line, int64_t column, Str* message) {
    Ref<Str> what = message ? acquire(message) : TRY(str_from_utf8(t, XML_ErrorString(code) ? XML_ErrorString(code) : "unknown error"));
    Ref<Str> full = TRY(str_format(t, "%s: line %d, column %d", what.get(), line, column));
    Ref<Object> type = acquire(state_of(t)->parse_error);
    Ref<Object> error = TRY(call(t, type, full));
    Ref<Object> position = TRY(tuple_pack(t, TRY(int_from(t, line)), TRY(int_from(t, column))));
    TRY(set_attribute(t, error, TRY(str_interned(t, "code")), TRY(int_from(t, code))));
    TRY(set_attribute(t, error, TRY(str_interned(t, "position")), position));
    return raise_instance(t, std::move(error));
}

/// Runs `body`, a function of Thread& that returns Result<void>, for an event.
template <class F> void event(void* data, F body) {
    auto* self = static_cast<XmlParser*>(data);
    Thread& t = Thread::current();
    if (t.has_exception()) return;
    if (body(t, self).is_error()) XML_StopParser(self->parser, XML_FALSE);
}
template <class... A> Result<void> tell(Thread& t, Object* handler, const A&... arguments) {
    if (!handler) return {};
    Ref<Object> held = acquire(handler);
    TRY(call(t, held, arguments...));
    return {};
}
Result<void> give_text(Thread& t, XmlParser* self, Borrowed<Object> data) {
    if (TreeBuilder* builder = builder_of(self)) return builder_data(t, builder, data);
    return tell(t, self->handle_data, data);
}

void on_start(void* data, const XML_Char* tag, const XML_Char** attributes) {
    event(data, [&](Thread& t, XmlParser* self) -> Result<void> {
        Ref<Object> name = TRY(universal_name(t, self, tag));
        MaybeRef<Dict> attrib;
        if (attributes[0] || self->handle_start) attrib = TRY(dict_new(t));
        for (; attributes[0]; attributes += 2) {
            Ref<Object> key = TRY(universal_name(t, self, attributes[0]));
            TRY(dict_set(t, attrib.get(), key, TRY(text(t, attributes[1]))));
        }
        if (TreeBuilder* builder = builder_of(self)) {
            TRY(builder_start(t, builder, name, attrib.get()));
            return {};
        }
        return attrib ? tell(t, self->handle_start, name, attrib.get()) : Result<void>{};
    });
}
void on_end(void* data, const XML_Char* tag) {
    event(data, [&](Thread& t, XmlParser* self) -> Result<void> {
        TreeBuilder* builder = builder_of(self);
        if (!builder && !self->handle_end) return {};
        Ref<Object> name = TRY(universal_name(t, self, tag));
        if (!builder) return tell(t, self->handle_end, name);
        TRY(builder_end(t, builder, name));
        return {};
    });
}
void on_data(void* data, const XML_Char* content, int length) {
    event(data, [&](Thread& t, XmlParser* self) -> Result<void> {
        return give_text(t, self, TRY(str_decode_utf8(t, {content, static_cast<size_t>(length)})));
    });
}
/// What expat has no use for itself: here references to entities that it does not know.
void on_default(void* data, const XML_Char* content, int length) {
    if (length < 2 || content[0] != '&') return;
    event(data, [&](Thread& t, XmlParser* self) -> Result<void> {
        Ref<Str> key = TRY(str_decode_utf8(t, {content + 1, static_cast<size_t>(length) - 2}));
        MaybeRef<Object> value;
        if (self->entity) value = TRY(dict_get(t, static_cast<Dict*>(self->entity), key));
        if (value) return give_text(t, self, value.get());
        Ref<Str> message = TRY(str_format(t, "undefined entity &%s;", key.get()));
        return parse_error(t, XML_ERROR_UNDEFINED_ENTITY, static_cast<int64_t>(XML_GetErrorLineNumber(self->parser)),
                           static_cast<int64_t>(XML_GetErrorColumnNumber(self->parser)), message.get());
    });
}
void on_start_ns(void* data, const XML_Char* prefix_text, const XML_Char* uri_text) {
    event(data, [&](Thread& t, XmlParser* self) -> Result<void> {
        TreeBuilder* builder = builder_of(self);
        if (builder ? !(builder->events & event_bit::StartNs) : !self->handle_start_ns) return {};
        Ref<Str> prefix = TRY(text(t, prefix_text ? prefix_text : "")), uri = TRY(text(t, uri_text ? uri_text : ""));
        if (builder) return builder_event(t, builder, event_bit::StartNs, TRY(tuple_pack(t, prefix, uri)));
        return tell(t, self->handle_start_ns, prefix, uri);
    });
}
void on_end_ns(void* data, const XML_Char* prefix_text) {
    event(data, [&](Thread& t, XmlParser* self) -> Result<void> {
        if (TreeBuilder* builder = builder_of(self)) return builder_event(t, builder, event_bit::EndNs, None());
        if (!self->handle_end_ns) return {};
        return tell(t, self->handle_end_ns, TRY(text(t, prefix_text ? prefix_text : "")));
    });
}
void on_comment(void* data, const XML_Char* content) {
    event(data, [&](Thread& t, XmlParser* self) -> Result<void> {
        Ref<Str> comment = TRY(text(t, content));
        if (TreeBuilder* builder = builder_of(self)) {
            TRY(builder_comment(t, builder, comment));
            return {};
        }
        return tell(t, self->handle_comment, comment);
    });
}
void on_pi(void* data, const XML_Char* target_text, const XML_Char* content) {
    event(data, [&](Thread& t, XmlParser* self) -> Result<void> {
        Ref<Str> target = TRY(text(t, target_text)), rest = TRY(text(t, content ? content : ""));
        if (TreeBuilder* builder = builder_of(self)) {
            TRY(builder_pi(t, builder, target, rest));
            return {};
        }
        return tell(t, self->handle_pi, target, rest);
    });
}
void on_doctype(void* data, const XML_Char* name_text, const XML_Char* system_text, const XML_Char* public_text, int) {
    event(data, [&](Thread& t, XmlParser* self) -> Result<void> {
        auto or_none = [&](const XML_Char* from) -> Result<Ref<Object>> {
            if (!from) return none_ref();
            return TRY(text(t, from));
        };
        Ref<Object> name = TRY(universal_name(t, self, name_text)), system = TRY(or_none(system_text)), pub = TRY(or_none(public_text));
        if (self->handle_doctype) return tell(t, self->handle_doctype, name, pub, system);
        if (TRY(get_attribute_optional(t, self, TRY(str_interned(t, "doctype")))))
            return warn(t, exc::RuntimeWarning, 1,
                        "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target.");
        return {};
    });
}

using Self = Borrowed<XmlParser>;

Result<Ref<Object>> construct(Thread& t, Borrowed<Type> type, Args, Kwargs) {
    Ref<XmlParser> self = TRY(allocate<XmlParser>(t, *type));
    gc_track(self.get());
    return self;
}

Result<void> check_idle(Thread& t, XmlParser* self) {
    if (!self->parser) return raise(t, exc::ValueError, "XMLParser.__init__() wasn't called");
    if (self->parsing) return raise(t, exc::RuntimeError, "cannot call a parser that is parsing");
    return {};
}

Result<void> init(Thread& t, Self self, NoneOr<Object> target_given, NoneOr<Str> encoding_given) {
    const char* encoding = encoding_given ? TRY(str_utf8(t, encoding_given.value())).data() : nullptr;
    Ref<Object> target = target_given ? acquire(target_given.value()) : none_ref();
    if (!target_given) {
        target = TRY(builder_new(t)); // one that makes no elements of comments
    }
    Ref<Dict> entity = TRY(dict_new(t)), names = TRY(dict_new(t));
    struct {
        const char* name;
        Object** field;
        MaybeRef<Object> found;
    } rows[] = {
        {"start_ns", &self->handle_start_ns, {}},
        {"end_ns", &self->handle_end_ns, {}},
        {"start", &self->handle_start, {}},
        {"data", &self->handle_data, {}},
        {"end", &self->handle_end, {}},
        {"comment", &self->handle_comment, {}},
        {"pi", &self->handle_pi, {}},
        {"close", &self->handle_close, {}},
        {"doctype", &self->handle_doctype, {}},
    };
    for (auto& row : rows) row.found = TRY(get_attribute_optional(t, target, TRY(str_interned(t, row.name))));

    CriticalSection section(t, self.get());
    if (self->parsing) return raise(t, exc::RuntimeError, "cannot call a parser that is parsing");
    XML_Parser parser = XML_ParserCreate_MM(encoding, nullptr, "}");
    if (!parser) return raise_memory_error(t);
    if (self->parser) XML_ParserFree(self->parser);
    self->parser = parser;
    XML_SetHashSalt(parser, static_cast<unsigned long>(t.runtime->hash_key0 | 1));
    XML_SetUserData(parser, self.get());
    XML_SetElementHandler(parser, on_start, on_end);
    XML_SetDefaultHandlerExpand(parser, on_default);
    XML_SetCharacterDataHandler(parser, on_data);
    XML_SetStartDoctypeDeclHandler(parser, on_doctype);
    XML_SetUnknownEncodingHandler(parser, pyexpat::on_unknown_encoding, nullptr);
    for (auto& row : rows) assign_field(*row.field, row.found.release());
    if (self->handle_start_ns || self->handle_end_ns)
        XML_SetNamespaceDeclHandler(parser, self->handle_start_ns ? on_start_ns : nullptr, self->handle_end_ns ? on_end_ns : nullptr);
    if (self->handle_comment) XML_SetCommentHandler(parser, on_comment);
    if (self->handle_pi) XML_SetProcessingInstructionHandler(parser, on_pi);
    assign_field(self->target, target.release());
    assign_field(self->entity, static_cast<Object*>(entity.release()));
    assign_field(self->names, static_cast<Object*>(names.release()));
    return {};
}

/// Claims the parser for one run at a time: expat does not survive being called from its own handlers or by two threads.
class Run {
public:
    explicit Run(XmlParser* self) : m_self(acquire(self)) { self->parsing = true; }
    ~Run() { m_self->parsing = false; }
    Run(const Run&) = delete;

private:
    Ref<XmlParser> m_self;
};
Result<void> parse(Thread& t, XmlParser* self, std::string_view data, bool is_final) {
    for (;;) {
        bool last = data.size() <= ChunkSize;
        size_t size = last ? data.size() : ChunkSize;
        XML_Status status = XML_Parse(self->parser, data.data(), static_cast<int>(size), last && is_final);
        if (t.has_exception()) return Error{};
        if (status == XML_STATUS_ERROR)
            return parse_error(t, XML_GetErrorCode(self->parser), static_cast<int64_t>(XML_GetErrorLineNumber(self->parser)),
                               static_cast<int64_t>(XML_GetErrorColumnNumber(self->parser)), nullptr);
        if (last) return {};
        data.remove_prefix(size);
    }
}

Result<void> feed(Thread& t, Self self, Borrowed<Object> data) {
    CriticalSection section(t, self.get());
    TRY(check_idle(t, self.get()));
    if (is<Str>(data.get())) {
        std::string_view utf8 = TRY(str_utf8(t, static_cast<Str*>(data.get())));
        XML_SetEncoding(self->parser, "utf-8"); // whatever the document says of itself
        Run run(self.get());
        return parse(t, self.get(), utf8, false);
    }
    BufferView view;
    TRY(view.acquire(t, data.get()));
    Run run(self.get());
    return parse(t, self.get(), view.view(), false);
}
Result<Ref<Object>> close(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_idle(t, self.get()));
    {
        Run run(self.get());
        TRY(parse(t, self.get(), {}, true));
    }
    if (TreeBuilder* builder = builder_of(self.get())) return builder_close(t, builder);
    if (!self->handle_close) return none_ref();
    Ref<Object> handler = acquire(self->handle_close);
    return call(t, handler);
}
Result<void> flush(Thread& t, Self self) {
    CriticalSection section(t, self.get());
    TRY(check_idle(t, self.get()));
#ifdef EXPAT_HAS_REPARSE_DEFERRAL
    Run run(self.get());
    XML_SetReparseDeferralEnabled(self->parser, XML_FALSE);
    auto result = parse(t, self.get(), {}, false);
    XML_SetReparseDeferralEnabled(self->parser, XML_TRUE);
    return result;
#else
    return {};
#endif
}
Result<Ref<Object>> parse_whole(Thread& t, Self self, Borrowed<Object> file) {
    CriticalSection section(t, self.get());
    TRY(check_idle(t, self.get()));
    Ref<Object> read = TRY(get_attribute(t, file, TRY(str_interned(t, "read"))));
    Ref<Object> size = TRY(int_from(t, 64 * 1024));
    Run run(self.get());
    for (;;) {
        Ref<Object> chunk = TRY(call(t, read, size));
        if (is<Str>(chunk.get())) {
            if (static_cast<Str*>(chunk.get())->length == 0) break;
            Ref<Object> bytes = TRY(call_method(t, chunk, TRY(str_interned(t, "encode")), TRY(str_interned(t, "utf-8")),
                                                TRY(str_interned(t, "surrogatepass"))));
            if (!is<Bytes>(bytes.get())) return raise(t, exc::TypeError, "encode() must return bytes");
            XML_SetEncoding(self->parser, "utf-8");
            TRY(parse(t, self.get(), static_cast<Bytes*>(bytes.get())->view(), false));
        } else {
            if (!is_exact<Bytes>(chunk.get()) || static_cast<Bytes*>(chunk.get())->size == 0) break;
            TRY(parse(t, self.get(), static_cast<Bytes*>(chunk.get())->view(), false));
        }
    }
    TRY(parse(t, self.get(), {}, true));
    if (TreeBuilder* builder = builder_of(self.get())) return builder_close(t, builder);
    return none_ref();
}

Result<void> set_events(Thread& t, Self self, Borrowed<Object> queue, Borrowed<Object> wanted) {
    CriticalSection section(t, self.get());
    TRY(check_idle(t, self.get()));
    TreeBuilder* builder = builder_of(self.get());
    if (!builder) return raise(t, exc::TypeError, "event handling only supported for ElementTree.TreeBuilder targets");
    Ref<Object> append = TRY(get_attribute(t, queue, TRY(str_interned(t, "append"))));
    write_field(t, builder, builder->events_append, std::move(append));
    builder->events = 0;
    if (is_none(wanted.get())) {
        builder->events = event_bit::End;
        return {};
    }
    Ref<Object> given = TRY(to_fast_sequence(t, wanted, "events must be a sequence"));
    Ref<List> events = TRY(to_list(t, given));
    for (intptr_t i = 0; i < events->size; ++i) {
        Object* name = events->items[i];
        std::string_view word;
        if (is<Str>(name)) word = TRY(str_utf8(t, static_cast<Str*>(name)));
        else if (is<Bytes>(name)) word = static_cast<Bytes*>(name)->view();
        else return raise(t, exc::ValueError, "invalid events sequence");
        if (word == "start") {
            builder->events |= event_bit::Start;
        } else if (word == "end") {
            builder->events |= event_bit::End;
        } else if (word == "start-ns") {
            builder->events |= event_bit::StartNs;
            XML_SetStartNamespaceDeclHandler(self->parser, on_start_ns);
        } else if (word == "end-ns") {
            builder->events |= event_bit::EndNs;
            XML_SetEndNamespaceDeclHandler(self->parser, on_end_ns);
        } else if (word == "comment") {
            builder->events |= event_bit::Comment;
            XML_SetCommentHandler(self->parser, on_comment);
        } else if (word == "pi") {
            builder->events |= event_bit::Pi;
            XML_SetProcessingInstructionHandler(self->parser, on_pi);
        } else {
            Ref<Str> shown = TRY(str_decode_utf8(t, word, "replace"));
            return raise(t, exc::ValueError, "unknown event '%s'", shown.get());
        }
    }
    return {};
}

Result<Ref<Object>> get_version(Thread& t, Self) {
    return TRY(str_format(t, "Expat %d.%d.%d", XML_MAJOR_VERSION, XML_MINOR_VERSION, XML_MICRO_VERSION));
}

using ParserFields = Fields<XmlParser, &XmlParser::target, &XmlParser::entity, &XmlParser::names, &XmlParser::handle_start_ns,
                            &XmlParser::handle_end_ns, &XmlParser::handle_start, &XmlParser::handle_data, &XmlParser::handle_end,
                            &XmlParser::handle_comment, &XmlParser::handle_pi, &XmlParser::handle_close, &XmlParser::handle_doctype>;
void dealloc(Object* o) {
    auto* self = static_cast<XmlParser*>(o);
    gc_untrack(o);
    if (self->parser) XML_ParserFree(std::exchange(self->parser, nullptr));
    ParserFields::release(self);
    o->type->free(o);
}
const NativeDef methods[] = {
    method<feed>("feed", "($self, data, /)"),
    method<close>("close", "($self, /)"),
    method<flush>("flush", "($self, /)"),
    method<parse_whole>("_parse_whole", "($self, file, /)"),
    method<set_events>("_setevents", "($self, events_queue, events_to_report=None, /)"),
};
const MemberDef members[] = {
    {"entity", member_type::ObjectOrNone, offsetof(XmlParser, entity), member_flag::ReadOnly, nullptr},
    {"target", member_type::ObjectOrNone, offsetof(XmlParser, target), member_flag::ReadOnly, nullptr},
};
const GetSetDef getset[] = {getter<get_version>("version")};
const SlotDef slots[] = {
    typed_new<construct, "XMLParser", "(*args, **kwargs)">(),
    typed_init<init, "XMLParser", "($self, /, *, target=None, encoding=None)">(),
    ParserFields::traverse_slot(),
    ParserFields::clear_slot(),
    raw_slot(SlotId::tp_dealloc, &dealloc),
};

} // namespace

Type XmlParser::s_type;
const TypeSpec xml_parser_spec = {.type = &XmlParser::s_type,
                                  .name = "xml.etree.ElementTree.XMLParser",
                                  .basicsize = sizeof(XmlParser),
                                  .flags = type_flag::BaseType | type_flag::Gc,
                                  .slots = slots,
                                  .methods = methods,
                                  .getset = getset,
                                  .members = members};

} // namespace taipan::elementtree
