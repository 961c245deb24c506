package io.posthorn.events;

import java.util.List;
import java.util.Map;

/// Reads and writes events as whole documents: CloudEvents in structured mode. Found on the class path as a service.
/// Thread-safe.
public interface EventFormat {
    /// What every media type of such documents begins with (CloudEvents 1.0, section 3.1 of the bindings).
    String ANY = "application/cloudevents";

    /// The media type of one event, without parameters: `application/cloudevents+json`.
    String contentType();

    /// Whether it reads documents of a media type: of one event, or of several.
    ///
    /// @param contentType without parameters, in lower case
    boolean reads(String contentType);

    /// The events of a document: one, or those of a batch in their order.
    ///
    /// @throws RuntimeException when the bytes are no such document; the caller wraps it
    List<Document> read(String contentType, byte[] bytes);

    /// One event as a document.
    ///
    /// @throws RuntimeException when it cannot be written; the caller wraps it
    byte[] write(Document event);

    /// An event as it stands in a document.
    ///
    /// @param attributes by the specification's names, `datacontenttype` among them, extensions too
    /// @param data encoded as `datacontenttype` says, which is JSON where it says nothing; empty when there is none
    @SuppressWarnings("ArrayRecordComponent") // never compared, and the bytes are the codec's
    record Document(Map<String, String> attributes, byte[] data) {
        /// Keeps a copy of the attributes.
        public Document {
            attributes = Map.copyOf(attributes);
        }
    }
}
