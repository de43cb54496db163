package io.stablesr.spark;

import io.stablesr.job.DeviceSpeed;
import io.stablesr.job.Findings;
import io.stablesr.job.WorkItem;
import java.util.List;

/**
 * What a job has to do.
 *
 * @param items the images with their costs, in the order of their ids
 * @param speed what the costs were computed with
 * @param leftOut images that an inventory names but that cannot be taken
 */
record JobPlan(List<WorkItem> items, DeviceSpeed speed, Findings leftOut) {}
