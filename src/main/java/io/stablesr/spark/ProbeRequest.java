package io.stablesr.spark;

import io.stablesr.job.ImageEntry;
import java.io.Serializable;

/**
 * An image whose header is to be read.
 *
 * @param id its id, for messages
 * @param uri where it is
 * @param bytes its length, -1 where it is not known
 * @param version what the listing told of its version
 */
record ProbeRequest(String id, String uri, long bytes, String version) implements Serializable {
  static ProbeRequest of(ImageEntry entry) {
    return new ProbeRequest(entry.id(), entry.uri(), entry.bytes().orElse(-1), entry.version());
  }
}
