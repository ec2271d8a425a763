//! The use cases of Voxgate: one file each, a struct of ports and one verb.
