package io.posthorn.broker.admin;

import io.posthorn.broker.Principal;

/// Who asks for something, and from where: what the audit log writes down.
///
/// @param from for people: `127.0.0.1:50123`, `control socket`
public record Actor(Principal principal, String from) {}
