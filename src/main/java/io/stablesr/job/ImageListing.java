package io.stablesr.job;

import java.util.Comparator;
import java.util.List;

/**
 * The images of an input.
 *
 * @param images one per id, in the order of their ids
 * @param duplicates what repeats the id of another image; not in {@code images}
 * @param leftOut what an inventory names but cannot be taken, with the reason
 */
public record ImageListing(List<ImageEntry> images, Findings duplicates, Findings leftOut) {
  /** Sorts the images, so that nothing after depends on the order of a listing. */
  public ImageListing {
    images = images.stream().sorted(Comparator.comparing(ImageEntry::id)).toList();
  }

  /** A listing without surprises. */
  public static ImageListing of(List<ImageEntry> images) {
    return new ImageListing(images, Findings.NONE, Findings.NONE);
  }
}
