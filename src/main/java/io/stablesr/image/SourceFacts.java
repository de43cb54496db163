package io.stablesr.image;

import java.util.Optional;

/**
 * What a decoded file was.
 *
 * @param format the container
 * @param colors how the colours are stored
 * @param bitsPerChannel bits of one stored colour sample, 8 for a palette
 * @param storedWidth width in the file, before the orientation was applied
 * @param storedHeight height in the file, before the orientation was applied
 * @param orientation the orientation that was applied
 * @param iccProfile the embedded colour profile, if any; the decoded picture is sRGB already
 */
public record SourceFacts(
    ImageFormat format,
    SourceColorKind colors,
    int bitsPerChannel,
    int storedWidth,
    int storedHeight,
    Orientation orientation,
    Optional<IccProfile> iccProfile) {}
