package io.stablesr.diffusion;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The 64-bit key of {@link Philox} for a seed and an identity: the head of their SHA-256. */
record PhiloxKey(int word0, int word1) {
  static PhiloxKey of(long seed, String identity) {
    byte[] name = identity.getBytes(StandardCharsets.UTF_8);
    ByteBuffer message = ByteBuffer.allocate(Long.BYTES + name.length);
    message.putLong(seed).put(name);
    ByteBuffer digest = ByteBuffer.wrap(sha256(message.array()));
    int word0 = digest.getInt();
    return new PhiloxKey(word0, digest.getInt());
  }

  private static byte[] sha256(byte[] message) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(message);
    } catch (NoSuchAlgorithmException e) {
      throw new StableSrException(
          ErrorCode.INTERNAL,
          "This Java runtime has no SHA-256, which every runtime must have.",
          e);
    }
  }
}
