package io.posthorn.console.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/// A request without its body.
///
/// @param isOldVersion whether it is HTTP/1.0, which knows no chunks
/// @param declaredLength of the body; negative when it is not said
record RequestHead(
        String method,
        String rawPath,
        String rawQuery,
        HttpHeaders headers,
        boolean isOldVersion,
        boolean keepsAlive,
        boolean wantsContinue,
        long declaredLength) {
    static RequestHead of(HttpRequest request) {
        String target = withoutOrigin(request.uri());
        int question = target.indexOf('?');
        boolean isOldVersion = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
        return new RequestHead(
                request.method().name(),
                question < 0 ? target : target.substring(0, question),
                question < 0 ? "" : target.substring(question + 1),
                request.headers(),
                isOldVersion,
                !isOldVersion && HttpUtil.isKeepAlive(request),
                HttpUtil.is100ContinueExpected(request),
                HttpUtil.getContentLength(request, -1L));
    }

    // RFC 9112, 3.2.2: a server must take the absolute form too, though only proxies are sent it.
    private static String withoutOrigin(String target) {
        if (!target.startsWith("http://") && !target.startsWith("https://")) {
            return target;
        }
        int slash = target.indexOf('/', target.indexOf("//") + 2);
        return slash < 0 ? "/" : target.substring(slash);
    }

    @Nullable
    String authorization() {
        return headers.get(HttpHeaderNames.AUTHORIZATION);
    }

    boolean wantsNoContent() {
        return method.equals("HEAD");
    }

    /// Whether no body follows.
    boolean isAll() {
        return declaredLength <= 0 && !headers.contains(HttpHeaderNames.TRANSFER_ENCODING);
    }

    /// Whether a browser says that a page of somebody else's makes it ask: with the login that it keeps for us.
    boolean isFromForeignPage() {
        return "cross-site".equals(headers.get("sec-fetch-site"));
    }
}
