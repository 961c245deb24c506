package io.posthorn.log;

import java.util.function.UnaryOperator;

/// Keeps the one [Manifest] by compare-and-set, so that only its newest owner can change it. Confined to one task
/// at a time: opening, housekeeping, closing.
final class ManifestKeeper {
    private static final String KEY = "journal";

    private final MetaStore meta;
    private Manifest manifest;
    private long version;

    private ManifestKeeper(MetaStore meta, Manifest manifest, long version) {
        this.meta = meta;
        this.manifest = manifest;
        this.version = version;
    }

    static ManifestKeeper load(MetaStore meta) {
        return meta.get(KEY)
                .map(fact -> new ManifestKeeper(meta, Manifest.decode(fact.value()), fact.version()))
                .orElseGet(() -> new ManifestKeeper(meta, Manifest.EMPTY, 0));
    }

    Manifest manifest() {
        return manifest;
    }

    /// @throws LogException.Fenced when a newer owner has changed it
    void update(UnaryOperator<Manifest> change) {
        Manifest next = change.apply(manifest);
        version = meta.put(KEY, next.encode(), version);
        manifest = next;
    }
}
