// Certificates as dictionaries, DER and PEM.
#include "modules/openssl/ssl.h"

#include <openssl/pem.h>

namespace taipan::ssl {

Type Certificate::s_type;

namespace {

/// A memory BIO for one text.
struct Text {
    BIO* bio = BIO_new(BIO_s_mem());
    ~Text() { BIO_free(bio); }
    std::string_view view() const {
        char* data;
        long size = BIO_get_mem_data(bio, &data);
        return {data, static_cast<size_t>(size > 0 ? size : 0)};
    }
};
Result<Ref<Object>> name_entry(Thread& t, X509_NAME_ENTRY* entry) {
    Ref<Object> name = TRY(asn1_object(t, X509_NAME_ENTRY_get_object(entry), true));
    ASN1_STRING* value = X509_NAME_ENTRY_get_data(entry);
    unsigned char* utf8 = nullptr;
    int size = ASN1_STRING_to_UTF8(&utf8, value);
    if (size < 0) return raise_queued(t);
    auto text = str_decode_utf8(t, {reinterpret_cast<char*>(utf8), static_cast<size_t>(size)}, "strict");
    OPENSSL_free(utf8);
    return TRY(tuple_pack(t, name, TRY(std::move(text))));
}
/// A tuple of relative distinguished names, which are tuples of (type, value).
Result<Ref<Object>> name_tuple(Thread& t, const X509_NAME* name) {
    Ref<List> names = TRY(list_new(t));
    Ref<List> current = TRY(list_new(t));
    int set = -1, count = X509_NAME_entry_count(name);
    for (int i = 0; i < count; ++i) {
        X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
        if (set >= 0 && X509_NAME_ENTRY_set(entry) != set) {
            TRY(list_append(t, names, TRY(list_to_tuple(t, current))));
            current = TRY(list_new(t));
        }
        set = X509_NAME_ENTRY_set(entry);
        TRY(list_append(t, current, TRY(name_entry(t, entry))));
    }
    if (list_size(current.get()) > 0) TRY(list_append(t, names, TRY(list_to_tuple(t, current))));
    return TRY(list_to_tuple(t, names));
}
Result<Ref<Object>> text_of(Thread& t, const ASN1_STRING* string) {
    return TRY(str_decode_utf8(
        t, {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)), static_cast<size_t>(ASN1_STRING_length(string))}));
}
Result<Ref<Object>> general_name(Thread& t, const GENERAL_NAME* name) {
    const char* kind;
    Ref<Object> value = none_ref();
    switch (name->type) {
    case GEN_DIRNAME:
        kind = "DirName";
        value = TRY(name_tuple(t, name->d.dirn));
        break;
    case GEN_EMAIL:
        kind = "email";
        value = TRY(text_of(t, name->d.rfc822Name));
        break;
    case GEN_DNS:
        kind = "DNS";
        value = TRY(text_of(t, name->d.dNSName));
        break;
    case GEN_URI:
        kind = "URI";
        value = TRY(text_of(t, name->d.uniformResourceIdentifier));
        break;
    case GEN_RID: {
        kind = "Registered ID";
        char buffer[2048];
        int size = i2t_ASN1_OBJECT(buffer, sizeof buffer, name->d.rid);
        if (size < 0) return raise_queued(t);
        value = size >= static_cast<int>(sizeof buffer) ? TRY(str_from_utf8(t, "<INVALID>"))
                                                        : TRY(str_from_utf8(t, {buffer, static_cast<size_t>(size)}));
        break;
    }
    case GEN_IPADD: {
        kind = "IP Address";
        const unsigned char* p = ASN1_STRING_get0_data(name->d.ip);
        int size = ASN1_STRING_length(name->d.ip);
        if (size == 4) {
            value = TRY(str_format(t, "%d.%d.%d.%d", p[0], p[1], p[2], p[3]));
        } else if (size == 16) {
            char text[48];
            snprintf(text, sizeof text, "%X:%X:%X:%X:%X:%X:%X:%X", p[0] << 8 | p[1], p[2] << 8 | p[3], p[4] << 8 | p[5], p[6] << 8 | p[7],
                     p[8] << 8 | p[9], p[10] << 8 | p[11], p[12] << 8 | p[13], p[14] << 8 | p[15]);
            value = TRY(str_from_utf8(t, text));
        } else {
            value = TRY(str_from_utf8(t, "<invalid>"));
        }
        break;
    }
    default: {
        Text text;
        GENERAL_NAME_print(text.bio, const_cast<GENERAL_NAME*>(name));
        std::string_view view = text.view();
        size_t colon = view.find(':');
        if (colon == view.npos) return raise(t, exc::ValueError, "Invalid value %.200s", view.substr(0, 200));
        return TRY(tuple_pack(t, TRY(str_decode_utf8(t, view.substr(0, colon))), TRY(str_decode_utf8(t, view.substr(colon + 1)))));
    }
    }
    return TRY(tuple_pack(t, TRY(str_interned(t, kind)), value));
}
Result<Ref<Object>> general_names(Thread& t, const GENERAL_NAMES* names) {
    Ref<List> list = TRY(list_new(t));
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) TRY(list_append(t, list, TRY(general_name(t, sk_GENERAL_NAME_value(names, i)))));
    return TRY(list_to_tuple(t, list));
}
/// The URIs of the access descriptions with a method.
Result<MaybeRef<Object>> access_uris(Thread& t, const AUTHORITY_INFO_ACCESS* info, int method) {
    Ref<List> list = TRY(list_new(t));
    for (int i = 0; info && i < sk_ACCESS_DESCRIPTION_num(info); ++i) {
        const ACCESS_DESCRIPTION* description = sk_ACCESS_DESCRIPTION_value(info, i);
        if (OBJ_obj2nid(description->method) != method || description->location->type != GEN_URI) continue;
        TRY(list_append(t, list, TRY(text_of(t, description->location->d.uniformResourceIdentifier))));
    }
    if (list_size(list.get()) == 0) return MaybeRef<Object>();
    return MaybeRef<Object>(TRY(list_to_tuple(t, list)));
}
Result<MaybeRef<Object>> distribution_points(Thread& t, const CRL_DIST_POINTS* points) {
    Ref<List> list = TRY(list_new(t));
    for (int i = 0; points && i < sk_DIST_POINT_num(points); ++i) {
        const DIST_POINT* point = sk_DIST_POINT_value(points, i);
        if (!point->distpoint || point->distpoint->type != 0) continue;
        const GENERAL_NAMES* names = point->distpoint->name.fullname;
        for (int k = 0; k < sk_GENERAL_NAME_num(names); ++k) {
            const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, k);
            if (name->type == GEN_URI) TRY(list_append(t, list, TRY(text_of(t, name->d.uniformResourceIdentifier))));
        }
    }
    if (list_size(list.get()) == 0) return MaybeRef<Object>();
    return MaybeRef<Object>(TRY(list_to_tuple(t, list)));
}
Result<Ref<Object>> time_text(Thread& t, const ASN1_TIME* time) {
    Text text;
    ASN1_TIME_print(text.bio, time);
    return TRY(str_decode_utf8(t, text.view()));
}

Result<Ref<Object>> public_bytes(Thread& t, Borrowed<Certificate> self, MaybeBorrowed<Object> wanted) {
    int64_t format = wanted ? TRY(to_int64(t, wanted.value())) : 1;
    if (format == 2) return certificate_der(t, self->handle);
    if (format != 1) return raise(t, exc::ValueError, "Unsupported format");
    Text text;
    if (!PEM_write_bio_X509(text.bio, self->handle)) return raise_queued(t);
    return TRY(str_decode_utf8(t, text.view()));
}
Result<Ref<Object>> get_info(Thread& t, Borrowed<Certificate> self) { return decode_certificate(t, self->handle); }
Result<Ref<Str>> certificate_repr(Thread& t, Borrowed<Certificate> self) {
    Text text;
    X509_NAME_print_ex(text.bio, X509_get_subject_name(self->handle), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    return str_format(t, "<_ssl.Certificate '%s'>", text.view());
}
Result<intptr_t> certificate_hash(Thread&, Borrowed<Certificate> self) {
    auto value = static_cast<intptr_t>(X509_subject_name_hash(self->handle));
    return value == -1 ? intptr_t{-2} : value;
}
Result<Ref<Object>> certificate_compare(Thread&, Borrowed<Certificate> self, Borrowed<Object> other, Comparison op) {
    if (!is<Certificate>(other.get()) || (op != Comparison::Eq && op != Comparison::Ne)) return acquire(NotImplemented());
    bool same = X509_cmp(self->handle, static_cast<Certificate*>(other.get())->handle) == 0;
    return bool_ref(same == (op == Comparison::Eq));
}
void certificate_dealloc(Object* o) {
    X509_free(static_cast<Certificate*>(o)->handle);
    o->type->free(o);
}
const NativeDef methods[] = {
    method<public_bytes>("public_bytes", "($self, /, format=Encoding.PEM)"),
    method<get_info>("get_info", "($self, /)"),
};
const SlotDef slots[] = {raw_slot(SlotId::tp_dealloc, &certificate_dealloc), unary_slot<SlotId::tp_repr, certificate_repr>(),
                         size_slot<SlotId::tp_hash, certificate_hash>(), compare_slot<SlotId::tp_richcompare, certificate_compare>()};

} // namespace

const TypeSpec certificate_spec = {.type = &Certificate::s_type,
                                   .name = "_ssl.Certificate",
                                   .basicsize = sizeof(Certificate),
                                   .flags = type_flag::DisallowInstantiation,
                                   .slots = slots,
                                   .methods = methods};

Result<Ref<Object>> asn1_object(Thread& t, const ASN1_OBJECT* object, bool by_name) {
    char buffer[128];
    int size = OBJ_obj2txt(buffer, sizeof buffer, object, !by_name);
    if (size < 0) return raise_queued(t);
    if (!by_name && size == 0) return none_ref();
    if (size < static_cast<int>(sizeof buffer)) return TRY(str_decode_utf8(t, {buffer, static_cast<size_t>(size)}));
    Ref<Bytes> larger = TRY(bytes_alloc(t, size + 1));
    size = OBJ_obj2txt(larger->data, size + 1, object, !by_name);
    return TRY(str_decode_utf8(t, {larger->data, static_cast<size_t>(size)}));
}
Result<Ref<Object>> certificate_der(Thread& t, X509* certificate) {
    unsigned char* data = nullptr;
    int size = i2d_X509(certificate, &data);
    if (size < 0) return raise_queued(t);
    auto bytes = bytes_from(t, {reinterpret_cast<char*>(data), static_cast<size_t>(size)});
    OPENSSL_free(data);
    return TRY(std::move(bytes));
}
Result<Ref<Object>> certificate_new(Thread& t, X509* certificate, bool up_ref) {
    Ref<Certificate> self = TRY(allocate<Certificate>(t));
    if (up_ref) X509_up_ref(certificate);
    self->handle = certificate;
    return self;
}
Result<Ref<Object>> decode_certificate(Thread& t, X509* certificate) {
    Ref<Dict> info = TRY(dict_new(t));
    TRY(dict_set_ascii(t, info, "subject", TRY(name_tuple(t, X509_get_subject_name(certificate)))));
    TRY(dict_set_ascii(t, info, "issuer", TRY(name_tuple(t, X509_get_issuer_name(certificate)))));
    TRY(dict_set_ascii(t, info, "version", TRY(int_from(t, X509_get_version(certificate) + 1))));
    {
        Text serial;
        i2a_ASN1_INTEGER(serial.bio, X509_get_serialNumber(certificate));
        TRY(dict_set_ascii(t, info, "serialNumber", TRY(str_decode_utf8(t, serial.view()))));
    }
    TRY(dict_set_ascii(t, info, "notBefore", TRY(time_text(t, X509_get0_notBefore(certificate)))));
    TRY(dict_set_ascii(t, info, "notAfter", TRY(time_text(t, X509_get0_notAfter(certificate)))));
    if (auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))) {
        auto tuple = general_names(t, names);
        GENERAL_NAMES_free(names);
        TRY(dict_set_ascii(t, info, "subjectAltName", TRY(std::move(tuple))));
    }
    if (auto* access = static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr))) {
        auto ocsp = access_uris(t, access, NID_ad_OCSP);
        auto issuers = access_uris(t, access, NID_ad_ca_issuers);
        AUTHORITY_INFO_ACCESS_free(access);
        MaybeRef<Object> responders = TRY(std::move(ocsp)), authorities = TRY(std::move(issuers));
        if (responders) TRY(dict_set_ascii(t, info, "OCSP", Borrowed<Object>(responders.get())));
        if (authorities) TRY(dict_set_ascii(t, info, "caIssuers", Borrowed<Object>(authorities.get())));
    }
    if (auto* points = static_cast<CRL_DIST_POINTS*>(X509_get_ext_d2i(certificate, NID_crl_distribution_points, nullptr, nullptr))) {
        auto found = distribution_points(t, points);
        CRL_DIST_POINTS_free(points);
        MaybeRef<Object> uris = TRY(std::move(found));
        if (uris) TRY(dict_set_ascii(t, info, "crlDistributionPoints", Borrowed<Object>(uris.get())));
    }
    ERR_clear_error();
    return info;
}

} // namespace taipan::ssl
