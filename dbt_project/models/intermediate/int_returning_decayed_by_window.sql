{{ popularity_by_window(ref('int_returning_positives_selected')) }}
