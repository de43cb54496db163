package io.stablesr.image;

import io.stablesr.core.ErrorCode;
import io.stablesr.core.StableSrException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Pictures by their names without extension, which must differ: so pictures of several folders are
 * paired whatever their formats.
 */
public final class PicturesByStem<T> {
  private final Map<String, T> pictures = new TreeMap<>();
  private final Function<T, ?> shown;

  /**
   * @param shown what a message calls a picture
   */
  public PicturesByStem(Function<T, ?> shown) {
    this.shown = shown;
  }

  /**
   * Adds a file.
   *
   * @param name with the extension
   * @throws StableSrException MANIFEST where there is another of the same name without extension
   */
  public void add(String name, T file) {
    T before = pictures.put(ImageNames.withoutExtension(name), file);
    if (before != null) {
      throw new StableSrException(
          ErrorCode.MANIFEST,
          "%s and %s have the same name without extension; keep one of them."
              .formatted(shown.apply(before), shown.apply(file)));
    }
  }

  /** The pictures in the order of their names. */
  public Map<String, T> found() {
    return Collections.unmodifiableMap(pictures);
  }
}
