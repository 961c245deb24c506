package io.posthorn.log;

import java.util.List;

/// Loads the indexes of data segments; one that is damaged is made anew from the segment itself.
final class DataRecovery {
    private final SegmentStore store;
    private final DamageReport damage;

    DataRecovery(SegmentStore store, DamageReport damage) {
        this.store = store;
        this.damage = damage;
    }

    void load(List<Manifest.DataPart> parts, DataSegments data) {
        for (Manifest.DataPart part : parts) {
            try (SegmentReader segment = store.open(part.id())) {
                data.add(DataFooter.read(segment, part, damage));
            } catch (LogException.Unusable e) {
                damage.damaged("data %s cannot be read: %s".formatted(part.id(), e.getMessage()));
            }
        }
    }
}
