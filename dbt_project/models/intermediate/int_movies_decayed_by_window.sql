{{ popularity_by_window(ref('int_positives_split')) }}
