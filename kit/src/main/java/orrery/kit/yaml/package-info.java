/// YAML from strangers, read within limits and with the place of every key.
@NullMarked
package orrery.kit.yaml;

import org.jspecify.annotations.NullMarked;
