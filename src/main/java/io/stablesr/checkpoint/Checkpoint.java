package io.stablesr.checkpoint;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An open weight file: safetensors, or what torch.save writes ({@code .ckpt}, {@code .pth}, {@code
 * .pt}; zip or legacy). The format is recognised by content, never by the name.
 *
 * <p>In a torch file the tensors are those of the first of {@code state_dict}, {@code params_ema}
 * and {@code params} that is a dict with tensors, else those of the whole content; nested dicts are
 * flattened with dots. {@link #content} has everything else the file holds.
 *
 * <p>Tensors read from the file on demand, so the checkpoint stays open while they are used;
 * buffers already handed out stay valid after closing. Thread-safe.
 */
public final class Checkpoint implements AutoCloseable {
  private static final int SNIFF_BYTES = 64;
  private static final int PICKLE_PROTOCOL = 0x80;

  private final WeightFile file;
  private final CheckpointContents contents;

  private Checkpoint(WeightFile file, CheckpointContents contents) {
    this.file = file;
    this.contents = contents;
  }

  /**
   * Opens a file and reads its description of the tensors, not the tensors.
   *
   * @throws StableSrException INPUT_NOT_FOUND; CHECKPOINT_CORRUPT for a damaged or unknown file;
   *     CHECKPOINT_FORBIDDEN for a pickle that would run code elsewhere
   */
  public static Checkpoint open(Path path) {
    WeightFile file = WeightFile.open(path);
    try {
      return new Checkpoint(file, read(file));
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private static CheckpointContents read(WeightFile file) {
    ByteBuffer head = file.read(0, (int) Math.min(SNIFF_BYTES, file.size()));
    if (head.remaining() <= SafetensorsReader.LENGTH_BYTES) {
      throw file.corrupt("it has only %d bytes", file.size());
    }
    if (head.getInt(0) == ZipDirectory.LOCAL_SIGNATURE) {
      return TorchZipReader.read(file);
    }
    boolean pickle = Byte.toUnsignedInt(head.get(0)) == PICKLE_PROTOCOL;
    // The length of one header in 32 begins as a pickle does.
    if (head.get(SafetensorsReader.LENGTH_BYTES) == '{' && (!pickle || fits(head, file.size()))) {
      return SafetensorsReader.read(file);
    }
    if (pickle) {
      return TorchLegacyReader.read(file);
    }
    throw file.corrupt("%s", unknown(StandardCharsets.ISO_8859_1.decode(head).toString()));
  }

  private static boolean fits(ByteBuffer head, long fileBytes) {
    long headerBytes = head.duplicate().order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    return headerBytes >= 0 && headerBytes <= fileBytes - SafetensorsReader.LENGTH_BYTES;
  }

  private static String unknown(String head) {
    if (head.startsWith("version https://git-lfs")) {
      return "it is a Git LFS pointer, not the file itself; fetch the file with git lfs pull";
    }
    if (head.stripLeading().startsWith("<")) {
      return "it is a web page, not a weight file; the download went wrong";
    }
    if (head.startsWith("GGUF")) {
      return "it is a GGUF file; convert it to safetensors";
    }
    return "it is neither a safetensors file nor one that torch.save wrote";
  }

  /** The file. */
  public Path file() {
    return file.path();
  }

  /** The texts of a safetensors header, or the plain values beside a torch state dict. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(contents.metadata());
  }

  /** The names of all tensors, in file order. */
  public Set<String> names() {
    return Collections.unmodifiableSet(contents.tensors().keySet());
  }

  /** The tensor with this name. */
  public Optional<StoredTensor> find(String name) {
    return Optional.ofNullable(contents.tensors().get(name));
  }

  /**
   * The tensor with this name.
   *
   * @throws StableSrException CHECKPOINT_KEYS when there is none
   */
  public StoredTensor get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new StableSrException(
                    ErrorCode.CHECKPOINT_KEYS,
                    "%s has no tensor '%s' among its %d; it %s"
                        .formatted(
                            file.path(),
                            name,
                            contents.tensors().size(),
                            CheckpointKind.of(names()).looksLike())));
  }

  /** The whole pickle of a torch file; empty for safetensors. */
  public Optional<PickleValue> content() {
    return contents.pickle();
  }

  @Override
  public void close() {
    file.close();
  }

  @Override
  public String toString() {
    return "%s (%d tensors)".formatted(file.path(), contents.tensors().size());
  }
}
