package io.posthorn.broker.admin;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A user.
///
/// @param credential null for one who cannot log in with a password
/// @param tags `administrator`, `monitoring`, `policymaker`, `management`, `impersonator`, or words of one's own
public record UserSpec(String name, @Nullable Credential credential, Set<String> tags) {
    public UserSpec {
        tags = Set.copyOf(tags);
    }
}
