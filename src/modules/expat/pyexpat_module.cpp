// pyexpat: parsers over libexpat. A parser works attached, inside its critical section; a handler that fails stops it, and
// all handlers are taken away, so that what expat still reports goes nowhere.
#include "modules/expat/unknown_encoding.h"
#include "objects/abstract.h"
#include "objects/buffers.h"
#include "objects/bytes.h"
#include "objects/dict.h"
#include "objects/int.h"
#include "objects/list.h"
#include "objects/module.h"
#include "objects/tuple.h"

#include <climits>
#include <cstring>

namespace taipan {

namespace pyexpat {

enum Handler {
    StartElement,
    EndElement,
    ProcessingInstruction,
    CharacterData,
    UnparsedEntityDecl,
    NotationDecl,
    StartNamespaceDecl,
    EndNamespaceDecl,
    Comment,
    StartCdataSection,
    EndCdataSection,
    Default,
    DefaultExpand,
    NotStandalone,
    ExternalEntityRef,
    StartDoctypeDecl,
    EndDoctypeDecl,
    EntityDecl,
    XmlDecl,
    ElementDecl,
    AttlistDecl,
    SkippedEntity,
    HandlerCount,
};
struct Parser : Object {
    XML_Parser parser;
    char* buffer; // collected character data, if that is wanted
    int buffer_size, buffer_used;
    bool ordered_attributes, specified_attributes, in_callback, parsing, namespace_prefixes, reparse_deferral;
    Object* intern; // dict or null
    Object* parent; // the parser whose entity this one reads
    Object* module;
    Object* handlers[HandlerCount];
    static Type s_type;
};
Type Parser::s_type;

int on_unknown_encoding(void* data, const XML_Char* name, XML_Encoding* info) {
    Thread& t = Thread::current();
    if (t.has_exception()) return XML_STATUS_ERROR;
    auto fill = [&]() -> Result<void> {
        char all[256];
        for (int i = 0; i < 256; ++i) all[i] = static_cast<char>(i);
        Ref<Bytes> bytes = TRY(bytes_from(t, {all, 256}));
        Ref<Object> decoded =
            TRY(call_method(t, bytes, TRY(str_interned(t, "decode")), TRY(str_from_utf8(t, name)), TRY(str_interned(t, "replace"))));
        auto* map = try_as<Str>(decoded.get());
        if (!map || map->length != 256) return raise(t, exc::ValueError, "multi-byte encodings are not supported");
        for (int i = 0; i < 256; ++i) {
            uint32_t c = map->at(i);
            info->map[i] = c == 0xfffd ? -1 : static_cast<int>(c);
        }
        info->data = nullptr;
        info->convert = nullptr;
        info->release = nullptr;
        return {};
    };
    return fill().is_error() ? XML_STATUS_ERROR : XML_STATUS_OK;
}

namespace {

using Self = Borrowed<Parser>;
using Mod = Borrowed<Module>;
constexpr int DefaultBufferSize = 8192, ChunkSize = 1 << 20;

struct State {
    Object* error;
};

void set_handler(Parser* self, Handler which, bool on);

/// A handler failed: no other is called from now on, and the parse comes to its end.
void stop(Parser* self) {
    for (int i = 0; i < HandlerCount; ++i) {
        set_handler(self, static_cast<Handler>(i), false);
        clear_field(self->handlers[i]);
    }
    XML_StopParser(self->parser, XML_FALSE);
}

Result<Ref<Object>> text(Thread& t, const XML_Char* from) {
    if (!from) return none_ref();
    return TRY(str_decode_utf8(t, from));
}
Result<Ref<Object>> text(Thread& t, const XML_Char* from, int length) {
    if (!from) return none_ref();
    return TRY(str_decode_utf8(t, {from, static_cast<size_t>(length)}));
}
/// Names come often: the same object for the same text, by the parser's dict.
Result<Ref<Object>> interned(Thread& t, Parser* self, const XML_Char* from) {
    Ref<Object> name = TRY(text(t, from));
    if (!self->intern || is_none(name.get())) return name;
    return dict_set_default(t, static_cast<Dict*>(self->intern), name, name);
}

template <class... A> Result<Ref<Object>> call_handler(Thread& t, Parser* self, Handler which, const A&... arguments) {
    Ref<Object> handler = acquire(self->handlers[which]);
    bool outer = std::exchange(self->in_callback, true);
    auto result = call(t, handler, arguments...);
    self->in_callback = outer;
    return result;
}
Result<void> flush(Thread& t, Parser* self);

/// Runs `body`, a function of Thread& that returns Result, for an event; nothing if no handler is there or one failed.
template <class F> int event(Parser* self, Handler which, F body) {
    Thread& t = Thread::current();
    if (t.has_exception() || !self->handlers[which]) return 1;
    if (which != CharacterData) {
        if (flush(t, self).is_error()) return stop(self), 0;
        if (!self->handlers[which]) return 1;
    }
    auto result = [&]() -> Result<int> {
        Ref<Object> value = TRY(body(t));
        if (which != NotStandalone && which != ExternalEntityRef) return 1;
        return TRY(to_int32(t, value));
    }();
    if (result.is_error()) return stop(self), 0;
    return result.take();
}
Result<void> give_text(Thread& t, Parser* self, const char* data, int length) {
    if (!self->handlers[CharacterData]) return {};
    Ref<Object> string = TRY(text(t, data, length));
    TRY(call_handler(t, self, CharacterData, string));
    return {};
}
Result<void> flush(Thread& t, Parser* self) {
    if (!self->buffer || self->buffer_used == 0) return {};
    int used = std::exchange(self->buffer_used, 0);
    return give_text(t, self, self->buffer, used);
}

Parser* parser_of(void* data) { return static_cast<Parser*>(data); }

void on_start_element(void* data, const XML_Char* name, const XML_Char** attributes) {
    Parser* self = parser_of(data);
    event(self, StartElement, [&](Thread& t) -> Result<Ref<Object>> {
        int count = 0;
        if (self->specified_attributes) count = XML_GetSpecifiedAttributeCount(self->parser);
        else
            while (attributes[count]) count += 2;
        MaybeRef<Object> container;
        if (self->ordered_attributes) {
            Ref<List> list = TRY(list_new(t, count));
            for (int i = 0; i < count; i += 2) {
                TRY(list_append(t, list, TRY(interned(t, self, attributes[i]))));
                TRY(list_append(t, list, TRY(text(t, attributes[i + 1]))));
            }
            container = std::move(list);
        } else {
            Ref<Dict> dict = TRY(dict_new(t));
            for (int i = 0; i < count; i += 2) {
                Ref<Object> key = TRY(interned(t, self, attributes[i]));
                TRY(dict_set(t, dict, key, TRY(text(t, attributes[i + 1]))));
            }
            container = std::move(dict);
        }
        return call_handler(t, self, StartElement, TRY(interned(t, self, name)), Borrowed<Object>(container.get()));
    });
}
void on_end_element(void* data, const XML_Char* name) {
    Parser* self = parser_of(data);
    event(self, EndElement,
          [&](Thread& t) -> Result<Ref<Object>> { return call_handler(t, self, EndElement, TRY(interned(t, self, name))); });
}
void on_processing_instruction(void* data, const XML_Char* target, const XML_Char* content) {
    Parser* self = parser_of(data);
    event(self, ProcessingInstruction, [&](Thread& t) -> Result<Ref<Object>> {
        return call_handler(t, self, ProcessingInstruction, TRY(interned(t, self, target)), TRY(text(t, content)));
    });
}
void on_character_data(void* data, const XML_Char* content, int length) {
    Parser* self = parser_of(data);
    event(self, CharacterData, [&](Thread& t) -> Result<Ref<Object>> {
        if (!self->buffer) {
            TRY(give_text(t, self, content, length));
            return none_ref();
        }
        if (self->buffer_used + length > self->buffer_size) {
            TRY(flush(t, self));
            if (!self->handlers[CharacterData]) return none_ref();
        }
        if (length > self->buffer_size) {
            TRY(give_text(t, self, content, length));
            self->buffer_used = 0;
        } else {
            std::memcpy(self->buffer + self->buffer_used, content, static_cast<size_t>(length));
            self->buffer_used += length;
        }
        return none_ref();
    });
}
void on_unparsed_entity(void* data, const XML_Char* name, const XML_Char* base, const XML_Char* system, const XML_Char* pub,
                        const XML_Char* notation) {
    Parser* self = parser_of(data);
    event(self, UnparsedEntityDecl, [&](Thread& t) -> Result<Ref<Object>> {
        return call_handler(t, self, UnparsedEntityDecl, TRY(interned(t, self, name)), TRY(interned(t, self, base)),
                            TRY(interned(t, self, system)), TRY(interned(t, self, pub)), TRY(interned(t, self, notation)));
    });
}
void on_notation(void* data, const XML_Char* name, const XML_Char* base, const XML_Char* system, const XML_Char* pub) {
    Parser* self = parser_of(data);
    event(self, NotationDecl, [&](Thread& t) -> Result<Ref<Object>> {
        return call_handler(t, self, NotationDecl, TRY(interned(t, self, name)), TRY(interned(t, self, base)),
                            TRY(interned(t, self, system)), TRY(interned(t, self, pub)));
    });
}
void on_start_namespace(void* data, const XML_Char* prefix, const XML_Char* uri) {
    Parser* self = parser_of(data);
    event(self, StartNamespaceDecl, [&](Thread& t) -> Result<Ref<Object>> {
        return call_handler(t, self, StartNamespaceDecl, TRY(interned(t, self, prefix)), TRY(interned(t, self, uri)));
    });
}
void on_end_namespace(void* data, const XML_Char* prefix) {
    Parser* self = parser_of(data);
    event(self, EndNamespaceDecl,
          [&](Thread& t) -> Result<Ref<Object>> { return call_handler(t, self, EndNamespaceDecl, TRY(interned(t, self, prefix))); });
}
void on_comment(void* data, const XML_Char* content) {
    Parser* self = parser_of(data);
    event(self, Comment, [&](Thread& t) -> Result<Ref<Object>> { return call_handler(t, self, Comment, TRY(text(t, content))); });
}
template <Handler which> void on_plain(void* data) {
    Parser* self = parser_of(data);
    event(self, which, [&](Thread& t) -> Result<Ref<Object>> { return call_handler(t, self, which); });
}
template <Handler which> void on_default(void* data, const XML_Char* content, int length) {
    Parser* self = parser_of(data);
    event(self, which, [&](Thread& t) -> Result<Ref<Object>> { return call_handler(t, self, which, TRY(text(t, content, length))); });
}
int on_not_standalone(void* data) {
    Parser* self = parser_of(data);
    return event(self, NotStandalone, [&](Thread& t) -> Result<Ref<Object>> { return call_handler(t, self, NotStandalone); });
}
int on_external_entity(XML_Parser parser, const XML_Char* context, const XML_Char* base, const XML_Char* system, const XML_Char* pub) {
    Parser* self = parser_of(XML_GetUserData(parser));
    return event(self, ExternalEntityRef, [&](Thread& t) -> Result<Ref<Object>> {
        return call_handler(t, self, ExternalEntityRef, TRY(text(t, context)), TRY(interned(t, self, base)), TRY(interned(t, self, system)),
                            TRY(interned(t, self, pub)));
    });
}
void on_start_doctype(void* data, const XML_Char* name, const XML_Char* system, const XML_Char* pub, int has_subset) {
    Parser* self = parser_of(data);
    event(self, StartDoctypeDecl, [&](Thread& t) -> Result<Ref<Object>> {
        return call_handler(t, self, StartDoctypeDecl, TRY(interned(t, self, name)), TRY(interned(t, self, system)),
                            TRY(interned(t, self, pub)), TRY(int_from(t, has_subset)));
    });
}
void on_entity(void* data, const XML_Char* name, int is_parameter, const XML_Char* value, int length, const XML_Char* base,
               const XML_Char* system, const XML_Char* pub, const XML_Char* notation) {
    Parser* self = parser_of(data);
    event(self, EntityDecl, [&](Thread& t) -> Result<Ref<Object>> {
        return call_handler(t, self, EntityDecl, TRY(interned(t, self, name)), TRY(int_from(t, is_parameter)), TRY(text(t, value, length)),
                            TRY(interned(t, self, base)), TRY(interned(t, self, system)), TRY(interned(t, self, pub)),
                            TRY(interned(t, self, notation)));
    });
}
void on_xml_declaration(void* data, const XML_Char* version, const XML_Char* encoding, int standalone) {
    Parser* self = parser_of(data);
    event(self, XmlDecl, [&](Thread& t) -> Result<Ref<Object>> {
        return call_handler(t, self, XmlDecl, TRY(text(t, version)), TRY(text(t, encoding)), TRY(int_from(t, standalone)));
    });
}
/// (type, quantifier, name, children).
Result<Ref<Object>> model_tuple(Thread& t, Parser* self, const XML_Content* model) {
    TRY(check_recursion(t, " in conv_content_model"));
    Ref<Tuple> children = TRY(tuple_alloc(t, model->numchildren));
    for (unsigned i = 0; i < model->numchildren; ++i) children->items[i] = TRY(model_tuple(t, self, &model->children[i])).release();
    tuple_finish(children.get());
    return TRY(tuple_pack(t, TRY(int_from(t, model->type)), TRY(int_from(t, model->quant)), TRY(interned(t, self, model->name)), children));
}
void on_element_declaration(void* data, const XML_Char* name, XML_Content* model) {
    Parser* self = parser_of(data);
    event(self, ElementDecl, [&](Thread& t) -> Result<Ref<Object>> {
        Ref<Object> converted = TRY(model_tuple(t, self, model));
        return call_handler(t, self, ElementDecl, TRY(interned(t, self, name)), converted);
    });
    XML_FreeContentModel(self->parser, model);
}
void on_attributes_declaration(void* data, const XML_Char* element, const XML_Char* name, const XML_Char* type, const XML_Char* fallback,
                               int required) {
    Parser* self = parser_of(data);
    event(self, AttlistDecl, [&](Thread& t) -> Result<Ref<Object>> {
        return call_handler(t, self, AttlistDecl, TRY(interned(t, self, element)), TRY(interned(t, self, name)), TRY(text(t, type)),
                            TRY(text(t, fallback)), TRY(int_from(t, required)));
    });
}
void on_skipped_entity(void* data, const XML_Char* name, int is_parameter) {
    Parser* self = parser_of(data);
    event(self, SkippedEntity, [&](Thread& t) -> Result<Ref<Object>> {
        return call_handler(t, self, SkippedEntity, TRY(interned(t, self, name)), TRY(int_from(t, is_parameter)));
    });
}

constexpr const char* handler_names[HandlerCount] = {
    "StartElementHandler",
    "EndElementHandler",
    "ProcessingInstructionHandler",
    "CharacterDataHandler",
    "UnparsedEntityDeclHandler",
    "NotationDeclHandler",
    "StartNamespaceDeclHandler",
    "EndNamespaceDeclHandler",
    "CommentHandler",
    "StartCdataSectionHandler",
    "EndCdataSectionHandler",
    "DefaultHandler",
    "DefaultHandlerExpand",
    "NotStandaloneHandler",
    "ExternalEntityRefHandler",
    "StartDoctypeDeclHandler",
    "EndDoctypeDeclHandler",
    "EntityDeclHandler",
    "XmlDeclHandler",
    "ElementDeclHandler",
    "AttlistDeclHandler",
    "SkippedEntityHandler",
};
void set_handler(Parser* self, Handler which, bool on) {
    XML_Parser p = self->parser;
    switch (which) {
    case StartElement: return XML_SetStartElementHandler(p, on ? on_start_element : nullptr);
    case EndElement: return XML_SetEndElementHandler(p, on ? on_end_element : nullptr);
    case ProcessingInstruction: return XML_SetProcessingInstructionHandler(p, on ? on_processing_instruction : nullptr);
    case CharacterData: return XML_SetCharacterDataHandler(p, on ? on_character_data : nullptr);
    case UnparsedEntityDecl: return XML_SetUnparsedEntityDeclHandler(p, on ? on_unparsed_entity : nullptr);
    case NotationDecl: return XML_SetNotationDeclHandler(p, on ? on_notation : nullptr);
    case StartNamespaceDecl: return XML_SetStartNamespaceDeclHandler(p, on ? on_start_namespace : nullptr);
    case EndNamespaceDecl: return XML_SetEndNamespaceDeclHandler(p, on ? on_end_namespace : nullptr);
    case Comment: return XML_SetCommentHandler(p, on ? on_comment : nullptr);
    case StartCdataSection: return XML_SetStartCdataSectionHandler(p, on ? on_plain<StartCdataSection> : nullptr);
    case EndCdataSection: return XML_SetEndCdataSectionHandler(p, on ? on_plain<EndCdataSection> : nullptr);
    case Default: return XML_SetDefaultHandler(p, on ? on_default<Default> : nullptr);
    case DefaultExpand: return XML_SetDefaultHandlerExpand(p, on ? on_default<DefaultExpand> : nullptr);
    case NotStandalone: return XML_SetNotStandaloneHandler(p, on ? on_not_standalone : nullptr);
    case ExternalEntityRef: return XML_SetExternalEntityRefHandler(p, on ? on_external_entity : nullptr);
    case StartDoctypeDecl: return XML_SetStartDoctypeDeclHandler(p, on ? on_start_doctype : nullptr);
    case EndDoctypeDecl: return XML_SetEndDoctypeDeclHandler(p, on ? on_plain<EndDoctypeDecl> : nullptr);
    case EntityDecl: return XML_SetEntityDeclHandler(p, on ? on_entity : nullptr);
    case XmlDecl: return XML_SetXmlDeclHandler(p, on ? on_xml_declaration : nullptr);
    case ElementDecl: return XML_SetElementDeclHandler(p, on ? on_element_declaration : nullptr);
    case AttlistDecl: return XML_SetAttlistDeclHandler(p, on ? on_attributes_declaration : nullptr);
    case SkippedEntity: return XML_SetSkippedEntityHandler(p, on ? on_skipped_entity : nullptr);
    case HandlerCount: return;
    }
}

// Parsing

COLD Error parse_error(Thread& t, Parser* self) {
    XML_Error code = XML_GetErrorCode(self->parser);
    auto line = static_cast<int64_t>(XML_GetErrorLineNumber(self->parser)),
         column = static_cast<int64_t>(XML_GetErrorColumnNumber(self->parser));
    const char* what = XML_ErrorString(code);
    Ref<Str> message = TRY(str_format(t, "%s: line %d, column %d", what ? what : "unknown error", line, column));
    Object* type = static_cast<Module*>(self->module)->state_as<State>().error;
    Ref<Object> error = TRY(call(t, Borrowed<Object>(type), message));
    TRY(set_attribute(t, error, TRY(str_interned(t, "code")), TRY(int_from(t, code))));
    TRY(set_attribute(t, error, TRY(str_interned(t, "offset")), TRY(int_from(t, column))));
    TRY(set_attribute(t, error, TRY(str_interned(t, "lineno")), TRY(int_from(t, line))));
    return raise_instance(t, std::move(error));
}
/// Claims the parser for one run at a time: expat does not survive being called from its own handlers or by two threads.
class Run {
public:
    explicit Run(Parser* self) : m_self(self) { self->parsing = true; }
    ~Run() { m_self->parsing = false; }
    Run(const Run&) = delete;

private:
    Parser* m_self;
};
Result<void> check_idle(Thread& t, Parser* self) {
    if (self->parsing) return raise(t, exc::RuntimeError, "cannot call a parser that is parsing");
    return {};
}
Result<int64_t> finish(Thread& t, Parser* self, XML_Status status) {
    if (t.has_exception()) return Error{};
    if (status == XML_STATUS_ERROR) return parse_error(t, self);
    TRY(flush(t, self));
    return static_cast<int64_t>(status);
}
Result<int64_t> parse(Thread& t, Self self, Borrowed<Object> data, bool is_final) {
    CriticalSection section(t, self.get());
    TRY(check_idle(t, self.get()));
    BufferView view;
    std::string_view rest;
    if (is<Str>(data.get())) {
        rest = TRY(str_utf8(t, as<Str>(data.get())));
        XML_SetEncoding(self->parser, "utf-8");
    } else {
        TRY(view.acquire(t, data.get()));
        rest = view.view();
    }
    Run run(self.get());
    Ref<Object> kept = acquire<Object>(self.get());
    while (rest.size() > ChunkSize) {
        XML_Status status = XML_Parse(self->parser, rest.data(), ChunkSize, XML_FALSE);
        if (status != XML_STATUS_OK || t.has_exception()) return finish(t, self.get(), status);
        rest.remove_prefix(ChunkSize);
    }
    return finish(t, self.get(), XML_Parse(self->parser, rest.data(), static_cast<int>(rest.size()), is_final));
}
Result<int64_t> parse_file(Thread& t, Self self, Borrowed<Object> file) {
    constexpr int size = 2048;
    CriticalSection section(t, self.get());
    TRY(check_idle(t, self.get()));
    MaybeRef<Object> read = TRY(get_attribute_optional(t, file, TRY(str_interned(t, "read"))));
    if (!read) return raise(t, exc::TypeError, "argument must have 'read' attribute");
    Run run(self.get());
    for (;;) {
        Ref<Object> data = TRY(call(t, Borrowed<Object>(read.get()), TRY(int_from(t, size))));
        std::string_view bytes;
        if (is<Bytes>(data.get())) bytes = static_cast<Bytes*>(data.get())->view();
        else if (is<ByteArray>(data.get())) bytes = static_cast<ByteArray*>(data.get())->view();
        else return raise(t, exc::TypeError, "read() did not return a bytes object (type=%T)", data);
        if (bytes.size() > size)
            return raise(t, exc::ValueError, "read() returned too much data: %d bytes requested, %d returned", size,
                         static_cast<int64_t>(bytes.size()));
        void* buffer = XML_GetBuffer(self->parser, size);
        if (!buffer) return parse_error(t, self.get());
        if (!bytes.empty()) std::memcpy(buffer, bytes.data(), bytes.size());
        XML_Status status = XML_ParseBuffer(self->parser, static_cast<int>(bytes.size()), bytes.empty());
        if (t.has_exception() || status != XML_STATUS_OK || bytes.empty()) return finish(t, self.get(), status);
    }
}

Result<void> set_base(Thread& t, Self self, Borrowed<Object> base) {
    if (!is<Str>(base.get())) return raise(t, exc::TypeError, "SetBase() argument must be str, not %T", base);
    std::string_view name = TRY(str_utf8(t, as<Str>(base.get())));
    if (name.find('\0') != name.npos) return raise(t, exc::ValueError, "embedded null character");
    if (!XML_SetBase(self->parser, name.data())) return raise_memory_error(t);
    return {};
}
Result<Ref<Object>> get_base(Thread& t, Self self) { return text(t, XML_GetBase(self->parser)); }
Result<Ref<Object>> get_input_context(Thread& t, Self self) {
    if (!self->in_callback) return none_ref();
    int offset, size;
    const char* buffer = XML_GetInputContext(self->parser, &offset, &size);
    if (!buffer) return none_ref();
    return TRY(bytes_from(t, {buffer + offset, static_cast<size_t>(size - offset)}));
}
bool set_up_buffer(Parser* self, int size) {
    auto* buffer = static_cast<char*>(std::malloc(static_cast<size_t>(size)));
    if (!buffer) return false;
    std::free(self->buffer);
    self->buffer = buffer;
    self->buffer_size = size;
    self->buffer_used = 0;
    return true;
}
Result<Ref<Object>> external_entity_parser(Thread& t, Self self, NoneOr<Str> context, NoneOr<Str> encoding) {
    const char* where = context ? TRY(str_utf8(t, context.value())).data() : nullptr;
    const char* code = encoding ? TRY(str_utf8(t, encoding.value())).data() : nullptr;
    Ref<Parser> made = TRY(allocate<Parser>(t));
    made->buffer_size = self->buffer_size;
    made->ordered_attributes = self->ordered_attributes;
    made->specified_attributes = self->specified_attributes;
    made->namespace_prefixes = self->namespace_prefixes;
    made->reparse_deferral = self->reparse_deferral;
    made->module = acquire(self->module).release();
    made->parent = acquire<Object>(self.get()).release();
    if (self->intern) made->intern = acquire(self->intern).release();
    if (self->buffer && !set_up_buffer(made.get(), self->buffer_size)) return raise_memory_error(t);
    made->parser = XML_ExternalEntityParserCreate(self->parser, where, code);
    if (!made->parser) return raise_memory_error(t);
    XML_SetUserData(made->parser, made.get());
    XML_SetUnknownEncodingHandler(made->parser, on_unknown_encoding, nullptr);
    for (int i = 0; i < HandlerCount; ++i)
        if (self->handlers[i]) {
            made->handlers[i] = acquire(self->handlers[i]).release();
            set_handler(made.get(), static_cast<Handler>(i), true);
        }
    gc_track(made.get());
    return made;
}
int64_t set_param_entity_parsing(Self self, int flag) {
    return XML_SetParamEntityParsing(self->parser, static_cast<XML_ParamEntityParsing>(flag));
}
Result<void> use_foreign_dtd(Thread& t, Self self, bool flag) {
    if (XML_UseForeignDTD(self->parser, flag) != XML_ERROR_NONE) return parse_error(t, self.get());
    return {};
}
COLD Error setting_failed(Thread& t, Parser* self, const char* what) {
    Object* type = static_cast<Module*>(self->module)->state_as<State>().error;
    return raise(t, *static_cast<Type*>(type), "%s", what);
}
Result<uint64_t> unsigned_threshold(Thread& t, Borrowed<Object> threshold) {
    Ref<Int> number = TRY(to_index(t, threshold));
    if (number->is_negative()) return raise(t, exc::ValueError, "Cannot convert negative int");
    return to_uint64(t, number);
}
#if XML_MAJOR_VERSION * 10000 + XML_MINOR_VERSION * 100 >= 20400
Result<void> set_amplification_threshold(Thread& t, Self self, Borrowed<Object> threshold) {
    uint64_t value = TRY(unsigned_threshold(t, threshold));
    if (!XML_SetBillionLaughsAttackProtectionActivationThreshold(self->parser, value))
        return setting_failed(t, self.get(), "parser must be a root parser");
    return {};
}
Result<void> set_amplification_maximum(Thread& t, Self self, double factor) {
    if (XML_SetBillionLaughsAttackProtectionMaximumAmplification(self->parser, static_cast<float>(factor))) return {};
    return setting_failed(t, self.get(), self->parent ? "parser must be a root parser" : "'max_factor' must be at least 1.0");
}
#endif
#ifdef EXPAT_HAS_ALLOCATION_TRACKER
Result<void> set_allocation_threshold(Thread& t, Self self, Borrowed<Object> threshold) {
    uint64_t value = TRY(unsigned_threshold(t, threshold));
    if (!XML_SetAllocTrackerActivationThreshold(self->parser, value)) return setting_failed(t, self.get(), "parser must be a root parser");
    return {};
}
Result<void> set_allocation_maximum(Thread& t, Self self, double factor) {
    if (XML_SetAllocTrackerMaximumAmplification(self->parser, static_cast<float>(factor))) return {};
    return setting_failed(t, self.get(), self->parent ? "parser must be a root parser" : "'max_factor' must be at least 1.0");
}
#endif
void set_reparse_deferral(Self self, bool enabled) {
#ifdef EXPAT_HAS_REPARSE_DEFERRAL
    if (XML_SetReparseDeferralEnabled(self->parser, enabled)) self->reparse_deferral = enabled;
#endif
}
bool get_reparse_deferral(Self self) { return self->reparse_deferral; }

// Attributes

template <int which> Result<Ref<Object>> get_handler(Thread&, Self self) {
    return acquire(self->handlers[which] ? self->handlers[which] : None());
}
template <int which> Result<void> set_handler_attribute(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::RuntimeError, "Cannot delete attribute");
    CriticalSection section(t, self.get());
    if (which == CharacterData) TRY(flush(t, self.get()));
    bool on = !is_none(value);
    Object* old = std::exchange(self->handlers[which], on ? acquire(value).release() : nullptr);
    // Inside a handler expat may be about to give character data: the function stays, and gives it to nobody.
    if (on || which != CharacterData || !self->in_callback) set_handler(self.get(), static_cast<Handler>(which), on);
    xdecref(old);
    return {};
}
template <bool Parser::* Field> bool get_flag(Thread&, Self self) { return self.get()->*Field; }
template <bool Parser::* Field> Result<void> set_flag(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::RuntimeError, "Cannot delete attribute");
    bool on = TRY(is_true(t, value));
    self.get()->*Field = on;
    if (Field == &Parser::namespace_prefixes) XML_SetReturnNSTriplet(self->parser, on);
    return {};
}
bool get_buffer_text(Thread&, Self self) { return self->buffer != nullptr; }
Result<void> set_buffer_text(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::RuntimeError, "Cannot delete attribute");
    bool on = TRY(is_true(t, value));
    CriticalSection section(t, self.get());
    if (on) {
        if (!self->buffer && !set_up_buffer(self.get(), self->buffer_size)) return raise_memory_error(t);
    } else if (self->buffer) {
        TRY(flush(t, self.get()));
        std::free(std::exchange(self->buffer, nullptr));
    }
    return {};
}
int64_t get_buffer_size(Thread&, Self self) { return self->buffer_size; }
int64_t get_buffer_used(Thread&, Self self) { return self->buffer_used; }
Result<void> set_buffer_size(Thread& t, Self self, Object* value) {
    if (!value) return raise(t, exc::RuntimeError, "Cannot delete attribute");
    if (!is<Int>(value)) return raise(t, exc::TypeError, "buffer_size must be an integer");
    int64_t size = TRY(to_int64(t, value));
    if (size <= 0) return raise(t, exc::ValueError, "buffer_size must be greater than zero");
    if (size > INT_MAX) return raise(t, exc::ValueError, "buffer_size must not be greater than %d", INT_MAX);
    CriticalSection section(t, self.get());
    if (self->buffer) {
        if (self->buffer_used) TRY(flush(t, self.get()));
        if (!set_up_buffer(self.get(), static_cast<int>(size))) return raise_memory_error(t);
    }
    self->buffer_size = static_cast<int>(size);
    return {};
}
int64_t get_error_code(Thread&, Self self) { return XML_GetErrorCode(self->parser); }
int64_t get_line(Thread&, Self self) { return static_cast<int64_t>(XML_GetCurrentLineNumber(self->parser)); }
int64_t get_column(Thread&, Self self) { return static_cast<int64_t>(XML_GetCurrentColumnNumber(self->parser)); }
int64_t get_byte_index(Thread&, Self self) { return XML_GetCurrentByteIndex(self->parser); }

int traverse(Object* o, VisitFunc visit, void* context) {
    auto* self = static_cast<Parser*>(o);
    for (Object* handler : self->handlers)
        if (handler)
            if (int result = visit(handler, context)) return result;
    for (Object* field : {self->intern, self->parent, self->module})
        if (field)
            if (int result = visit(field, context)) return result;
    return 0;
}
int clear(Object* o) {
    auto* self = static_cast<Parser*>(o);
    for (int i = 0; i < HandlerCount; ++i) {
        if (self->parser) set_handler(self, static_cast<Handler>(i), false);
        clear_field(self->handlers[i]);
    }
    clear_field(self->intern);
    return 0;
}
void dealloc(Object* o) {
    auto* self = static_cast<Parser*>(o);
    gc_untrack(o);
    clear(o);
    if (self->parser) XML_ParserFree(self->parser);
    clear_field(self->parent);
    clear_field(self->module);
    std::free(self->buffer);
    o->type->free(o);
}

const NativeDef methods[] = {
    method<parse>("Parse", "($self, data, isfinal=False, /)", "Parse XML data; `isfinal` at the end of the input."),
    method<parse_file>("ParseFile", "($self, file, /)", "Parse XML data from a file-like object."),
    method<set_base>("SetBase", "($self, base, /)", "Set the base URL."),
    method<get_base>("GetBase", "($self, /)", "The base URL."),
    method<get_input_context>("GetInputContext", "($self, /)", "The input that made the current event, or None outside of handlers."),
    method<external_entity_parser>("ExternalEntityParserCreate", "($self, context, encoding=<unrepresentable>, /)",
                                   "A parser for an external entity."),
    method<set_param_entity_parsing>("SetParamEntityParsing", "($self, flag, /)",
                                     "Control the parsing of parameter entities; 1 on success."),
    method<use_foreign_dtd>("UseForeignDTD", "($self, flag=True, /)",
                            "Make the application provide an external subset where the document has none."),
#if XML_MAJOR_VERSION * 10000 + XML_MINOR_VERSION * 100 >= 20400
    method<set_amplification_threshold>("SetBillionLaughsAttackProtectionActivationThreshold", "($self, threshold, /)",
                                        "Output bytes that activate the protection."),
    method<set_amplification_maximum>("SetBillionLaughsAttackProtectionMaximumAmplification", "($self, max_factor, /)",
                                      "The largest amplification tolerated."),
#endif
#ifdef EXPAT_HAS_ALLOCATION_TRACKER
    method<set_allocation_threshold>("SetAllocTrackerActivationThreshold", "($self, threshold, /)",
                                     "Allocated bytes that activate the protection."),
    method<set_allocation_maximum>("SetAllocTrackerMaximumAmplification", "($self, max_factor, /)", "The largest amplification tolerated."),
#endif
    method<set_reparse_deferral>("SetReparseDeferralEnabled", "($self, enabled, /)", "Enable or disable the deferral of reparsing."),
    method<get_reparse_deferral>("GetReparseDeferralEnabled", "($self, /)", "Whether the deferral of reparsing is enabled."),
};
const MemberDef members[] = {{"intern", member_type::ObjectOrNone, offsetof(Parser, intern), member_flag::ReadOnly, nullptr}};
#define HANDLER(which) getter_setter<get_handler<which>, set_handler_attribute<which>>(handler_names[which])
const GetSetDef getset[] = {
    HANDLER(StartElement),
    HANDLER(EndElement),
    HANDLER(ProcessingInstruction),
    HANDLER(CharacterData),
    HANDLER(UnparsedEntityDecl),
    HANDLER(NotationDecl),
    HANDLER(StartNamespaceDecl),
    HANDLER(EndNamespaceDecl),
    HANDLER(Comment),
    HANDLER(StartCdataSection),
    HANDLER(EndCdataSection),
    HANDLER(Default),
    HANDLER(DefaultExpand),
    HANDLER(NotStandalone),
    HANDLER(ExternalEntityRef),
    HANDLER(StartDoctypeDecl),
    HANDLER(EndDoctypeDecl),
    HANDLER(EntityDecl),
    HANDLER(XmlDecl),
    HANDLER(ElementDecl),
    HANDLER(AttlistDecl),
    HANDLER(SkippedEntity),
    getter<get_error_code>("ErrorCode"),
    getter<get_line>("ErrorLineNumber"),
    getter<get_column>("ErrorColumnNumber"),
    getter<get_byte_index>("ErrorByteIndex"),
    getter<get_line>("CurrentLineNumber"),
    getter<get_column>("CurrentColumnNumber"),
    getter<get_byte_index>("CurrentByteIndex"),
    getter_setter<get_buffer_size, set_buffer_size>("buffer_size"),
    getter_setter<get_buffer_text, set_buffer_text>("buffer_text"),
    getter<get_buffer_used>("buffer_used"),
    getter_setter<get_flag<&Parser::namespace_prefixes>, set_flag<&Parser::namespace_prefixes>>("namespace_prefixes"),
    getter_setter<get_flag<&Parser::ordered_attributes>, set_flag<&Parser::ordered_attributes>>("ordered_attributes"),
    getter_setter<get_flag<&Parser::specified_attributes>, set_flag<&Parser::specified_attributes>>("specified_attributes"),
};
#undef HANDLER
const SlotDef slots[] = {raw_slot(SlotId::tp_traverse, &traverse), raw_slot(SlotId::tp_clear, &clear),
                         raw_slot(SlotId::tp_dealloc, &dealloc)};
const TypeSpec parser_spec = {.type = &Parser::s_type,
                              .name = "pyexpat.xmlparser",
                              .basicsize = sizeof(Parser),
                              .flags = type_flag::Gc | type_flag::DisallowInstantiation,
                              .doc = "XML parser",
                              .slots = slots,
                              .methods = methods,
                              .getset = getset,
                              .members = members};

// The module

Result<Ref<Object>> parser_create(Thread& t, Mod module, NoneOr<Str> encoding, NoneOr<Str> separator, MaybeBorrowed<Object> intern) {
    const char* code = encoding ? TRY(str_utf8(t, encoding.value())).data() : nullptr;
    std::string_view between = separator ? TRY(str_utf8(t, separator.value())) : std::string_view();
    if (between.size() > 1) return raise(t, exc::ValueError, "namespace_separator must be at most one character, omitted, or None");
    MaybeRef<Object> names;
    if (!intern) names = TRY(dict_new(t));
    else if (!is_none(intern.get())) {
        if (!is<Dict>(intern.get())) return raise(t, exc::TypeError, "intern must be a dictionary");
        names = acquire(intern.get());
    }
    Ref<Parser> self = TRY(allocate<Parser>(t));
    self->buffer_size = DefaultBufferSize;
#ifdef EXPAT_HAS_REPARSE_DEFERRAL
    self->reparse_deferral = true;
#endif
    self->module = acquire<Object>(module.get()).release();
    self->intern = names.release();
    self->parser = XML_ParserCreate_MM(code, nullptr, separator ? between.data() : nullptr);
    if (!self->parser) return raise_memory_error(t);
    XML_SetHashSalt(self->parser, static_cast<unsigned long>(t.runtime->hash_key0 | 1));
    XML_SetUserData(self->parser, self.get());
    XML_SetUnknownEncodingHandler(self->parser, on_unknown_encoding, nullptr);
    gc_track(self.get());
    return self;
}
Result<Ref<Object>> error_string(Thread& t, Borrowed<Object> code) {
    return text(t, XML_ErrorString(static_cast<XML_Error>(TRY(to_int64(t, code)))));
}
const NativeDef functions[] = {
    module_fn<parser_create>("ParserCreate", "($module, /, encoding=None, namespace_separator=None, intern=<unrepresentable>)",
                             "A new XML parser."),
    fn<error_string>("ErrorString", "($module, code, /)", "The text of an error code."),
};

constexpr struct {
    const char *name, *text;
} errors[] = {
#define EXPAT_ERROR(name, text) {"XML_ERROR_" #name, text},
#include "modules/expat/errors.inc"
#undef EXPAT_ERROR
};
Result<Ref<Module>> submodule(Thread& t, Mod parent, const char* name, const char* doc) {
    Ref<Str> full = TRY(str_format(t, "pyexpat.%s", name));
    Ref<Module> made = TRY(module_new(t, full));
    TRY(module_add_string(t, made, "__doc__", doc));
    TRY(dict_set(t, t.interpreter->modules, full, made));
    TRY(module_add(t, parent, name, made));
    return made;
}
Result<void> exec(Thread& t, Mod module) {
    TRY(type_ready(t, parser_spec));
    State& state = module->state_as<State>();
    state.error = TRY(new_exception_type(t, "xml.parsers.expat.ExpatError", exc::Exception, nullptr)).release();
    TRY(module_add(t, module, "error", state.error));
    TRY(module_add(t, module, "ExpatError", state.error));
    TRY(module_add(t, module, "XMLParserType", &Parser::s_type));
    TRY(module_add_string(t, module, "EXPAT_VERSION", XML_ExpatVersion()));
    XML_Expat_Version version = XML_ExpatVersionInfo();
    TRY(module_add(t, module, "version_info",
                   TRY(tuple_pack(t, TRY(int_from(t, version.major)), TRY(int_from(t, version.minor)), TRY(int_from(t, version.micro))))));
    TRY(module_add_string(t, module, "native_encoding", "UTF-8"));
    Ref<List> features = TRY(list_new(t));
    for (const XML_Feature* f = XML_GetFeatureList(); f->feature != XML_FEATURE_END; ++f)
        TRY(list_append(t, features, TRY(tuple_pack(t, TRY(str_from_utf8(t, f->name)), TRY(int_from(t, f->value))))));
    TRY(module_add(t, module, "features", features));
    TRY(module_add_int(t, module, "XML_PARAM_ENTITY_PARSING_NEVER", XML_PARAM_ENTITY_PARSING_NEVER));
    TRY(module_add_int(t, module, "XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE", XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE));
    TRY(module_add_int(t, module, "XML_PARAM_ENTITY_PARSING_ALWAYS", XML_PARAM_ENTITY_PARSING_ALWAYS));

    Ref<Module> names = TRY(submodule(t, module, "errors", "Constants used to describe error conditions."));
    Ref<Dict> codes = TRY(dict_new(t)), messages = TRY(dict_new(t));
    int number = 0;
    for (auto& error : errors) {
        Ref<Int> code = TRY(int_from(t, ++number));
        const char* current = XML_ErrorString(static_cast<XML_Error>(number));
        Ref<Str> message = TRY(str_from_utf8(t, current ? current : error.text));
        TRY(module_add(t, names, error.name, message));
        TRY(dict_set(t, codes, message, code));
        TRY(dict_set(t, messages, code, message));
    }
    TRY(module_add(t, names, "codes", codes));
    TRY(module_add(t, names, "messages", messages));

    Ref<Module> model = TRY(submodule(t, module, "model", "Constants used to interpret content model information."));
    static constexpr struct {
        const char* name;
        int value;
    } constants[] = {
        {"XML_CTYPE_EMPTY", XML_CTYPE_EMPTY}, {"XML_CTYPE_ANY", XML_CTYPE_ANY},       {"XML_CTYPE_MIXED", XML_CTYPE_MIXED},
        {"XML_CTYPE_NAME", XML_CTYPE_NAME},   {"XML_CTYPE_CHOICE", XML_CTYPE_CHOICE}, {"XML_CTYPE_SEQ", XML_CTYPE_SEQ},
        {"XML_CQUANT_NONE", XML_CQUANT_NONE}, {"XML_CQUANT_OPT", XML_CQUANT_OPT},     {"XML_CQUANT_REP", XML_CQUANT_REP},
        {"XML_CQUANT_PLUS", XML_CQUANT_PLUS},
    };
    for (auto& constant : constants) TRY(module_add_int(t, model, constant.name, constant.value));
    return {};
}

} // namespace
} // namespace pyexpat

extern const ModuleSpec pyexpat_module;
const ModuleSpec pyexpat_module = {.name = "pyexpat",
                                   .doc = "XML parsers over Expat.",
                                   .functions = pyexpat::functions,
                                   .exec = pyexpat::exec,
                                   .state = state_spec<pyexpat::State, &pyexpat::State::error>};

} // namespace taipan
